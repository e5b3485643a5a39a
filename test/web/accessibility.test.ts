import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { texts } from '../../web/texts.ts';
import { browserTest, drawnPoster, givenGenres, openPage, pick, violations } from './browser.ts';
import { browserModel, type Host, serviceHost, staticHost } from './host.ts';

let host: Host | undefined;
beforeAll(async () => {
  host = await staticHost();
}, 120_000);
afterAll(() => host?.close());

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    browserTest(
      `axe-core finds nothing in any state of the page, ${colorScheme}, ${width} px wide`,
      async () => {
        const host = await serviceHost({ delay: 400, reading: true });
        onTestFinished(() => host.close());
        const { page } = await openPage(host, { colorScheme, viewport: { width, height: 844 } });
        await page.getByText(texts.credits.where('service')).waitFor();
        const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(Number(paper.match(/\d+/)![0]) > 128).toBe(colorScheme === 'light');
        expect(await violations(page), 'empty').toEqual([]);
        const broken = { name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') };
        await pick(page, await drawnPoster(), await drawnPoster('2-b.png'), broken);
        await page.locator('.given[data-state=working]').waitFor();
        expect(await violations(page), 'working').toEqual([]);
        await page.getByText(texts.sheet.progress(3, 3)).waitFor();
        await page.locator('select[name=policy]').selectOption('precision');
        await page.getByRole('button', { name: texts.genre.all(browserModel().genres.length) }).click();
        expect(await violations(page), 'policy').toEqual([]);
        await page.locator('.genre').first().click();
        await page.getByRole('button', { name: texts.map.compare }).click();
        await page.locator('.genre').nth(1).click();
        await page.locator('.map figure').nth(1).waitFor();
        await page.getByRole('button', { name: texts.heard.read }).click();
        await page.locator('.spoken li').first().waitFor();
        expect(await violations(page), 'map and words').toEqual([]);
        await page.getByRole('radio', { name: texts.sheet.views.grid }).check({ force: true });
        await page.locator('.counts li').first().waitFor();
        expect(await violations(page), 'grid').toEqual([]);
        await page.getByRole('radio', { name: texts.sheet.views.table }).check({ force: true });
        await page.locator('tbody tr').first().waitFor();
        expect(await violations(page), 'table').toEqual([]);
        await page.getByRole('button', { name: 'broken.jpg' }).click();
        await page.locator('.reading .failure').waitFor();
        expect(await violations(page), 'error').toEqual([]);
        await page.getByRole('button', { name: texts.teach.open }).click();
        await page.locator('.lesson').first().waitFor();
        expect(await violations(page), 'teach').toEqual([]);
      },
    );
  }
}

browserTest('on a phone of 390 px nothing overflows, and fingers find the genres', async () => {
  const { page } = await openPage(host!, { viewport: { width: 390, height: 844 }, hasTouch: true });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await pick(
    page,
    await drawnPoster('a-rather-long-name-of-a-file-with-no-spaces-in-it.png'),
    await drawnPoster(),
  );
  await page.getByText(texts.sheet.progress(2, 2)).waitFor();
  await givenGenres(page);
  expect(await overflow()).toBeLessThanOrEqual(0);
  const box = (await page.locator('.genre').first().boundingBox())!;
  expect(box.height).toBeGreaterThanOrEqual(40);
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(390);
});

browserTest(
  'teaching is offered beside taking a picture, on any width, with posters and without',
  async () => {
    const { page } = await openPage(host!);
    const topOf = async (name: string) => (await page.getByRole('button', { name }).boundingBox())?.y;
    const beside = async () =>
      expect(await topOf(texts.teach.open)).toBeCloseTo((await topOf(texts.intake.camera))!, 0);
    const widths = [390, 800, 1100, 1280];
    const look = async (): Promise<void> => {
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        await beside();
      }
    };
    await look();
    await pick(page, await drawnPoster());
    await givenGenres(page);
    await look();
  },
);

browserTest(
  'the keyboard walks from the switch through the ways in to genres and downloads, visibly',
  async () => {
    const { page } = await openPage(host!);
    await pick(page, await drawnPoster());
    await givenGenres(page);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const walked: string[] = [];
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const active = document.activeElement as HTMLElement;
        const shown = active.matches('input') ? (active.nextElementSibling ?? active.parentElement!) : active;
        const outline = [active, shown, active.closest('label')].some(
          (each) =>
            each &&
            getComputedStyle(each).outlineStyle !== 'none' &&
            getComputedStyle(each).outlineWidth !== '0px',
        );
        const name = active.className || active.getAttribute('name') || active.getAttribute('type') || '';
        return active === document.body ? undefined : { name, outline };
      });
      if (!at) break;
      expect(at.outline, at.name).toBe(true);
      walked.push(at.name);
    }
    const order = ['file', 'policy', 'genre'].map((name) => walked.indexOf(name));
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(await page.locator('[role=status][aria-live=polite]').textContent()).toContain('drawn.png: ');
  },
);
