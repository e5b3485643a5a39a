import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { texts } from '../../web/texts.ts';
import { browserTest, drawnPoster, type File, openPage, pick } from './browser.ts';
import { browserModel, type Host, serviceHost } from './host.ts';

let host: Host | undefined;
beforeAll(async () => {
  host = await serviceHost();
}, 120_000);
afterAll(() => host?.close());

const genres: readonly string[] = browserModel().genres;
const broken = { name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') };

/** Posters whose likeliest genre is that of their number. */
async function posters(...names: readonly string[]): Promise<File[]> {
  const { buffer } = await drawnPoster();
  return names.map((name) => ({ name, mimeType: 'image/png', buffer }));
}

async function showAs(page: Page, view: keyof typeof texts.sheet.views): Promise<void> {
  await page.getByRole('radio', { name: texts.sheet.views[view] }).check({ force: true });
}

function names(page: Page): Promise<string[]> {
  return page.locator('tbody .open').allTextContents();
}

browserTest(
  'in a table, posters are sorted by name, certainty and genre, and filtered by genre',
  async () => {
    const { page } = await openPage(host!);
    await pick(page, ...(await posters('9-a.png', '10-a.png', '2-c.png')), broken);
    await page.getByText(texts.sheet.progress(4, 4)).waitFor();
    await showAs(page, 'table');
    await page.locator('select[name=policy]').selectOption('top');
    await expect.poll(() => names(page)).toEqual(['9-a.png', '10-a.png', '2-c.png', 'broken.jpg']);
    await page.getByRole('button', { name: texts.sheet.columns.name, exact: true }).click();
    await expect.poll(() => names(page)).toEqual(['2-c.png', '9-a.png', '10-a.png', 'broken.jpg']);
    expect(await page.locator('[aria-sort=ascending]').textContent()).toBe(texts.sheet.columns.name);
    await page.locator('select[name=order]').selectOption('genre');
    const byGenre = ['2-c.png', '9-a.png', '10-a.png'].sort((a, b) =>
      genres[Number.parseInt(a, 10)]! < genres[Number.parseInt(b, 10)]! ? -1 : 1,
    );
    await expect.poll(() => names(page)).toEqual([...byGenre, 'broken.jpg']);
    expect(await page.locator('tr', { hasText: 'broken.jpg' }).textContent()).toContain(
      'Expected a whole JPEG image',
    );

    await page.locator('select[name=filter]').selectOption('failed');
    await expect.poll(() => names(page)).toEqual(['broken.jpg']);
    await page.locator('select[name=filter]').selectOption(`=${genres[3]}`);
    await expect.poll(() => names(page)).toEqual(['2-c.png']);
    await page.locator('select[name=policy]').selectOption('precision');
    await page.locator('select[name=filter]').selectOption('undecided');
    const odd = page.getByRole('slider');
    await odd.fill('0.95');
    // Genres of odd places are never right so often: posters that begin with one of them get the next one, or nothing.
    await expect.poll(() => names(page)).toContain('9-a.png');
  },
);

browserTest('the counts of each genre stand beside its share of the training posters', async () => {
  const { page } = await openPage(host!);
  await pick(page, ...(await posters('1-a.png', '1-b.png', '2-c.png', '9-d.png')));
  await page.getByText(texts.sheet.progress(4, 4)).waitFor();
  await showAs(page, 'grid');
  await page.locator('select[name=policy]').selectOption('top');
  const { prevalence } = browserModel();
  const row = page.locator('.counts li', { hasText: new RegExp(`^${genres[2]}`) });
  await expect
    .poll(() => row.locator('.value').textContent())
    .toBe(texts.counts.value(3, 0.75, prevalence[2]));
  const shown = await page.locator('.counts .label').allTextContents();
  const frequent = [...genres].sort((a, b) => prevalence[genres.indexOf(b)] - prevalence[genres.indexOf(a)]);
  expect(shown).toEqual(frequent);
});

browserTest('posters that are selected are removed together; all that are left are downloaded', async () => {
  const { page } = await openPage(host!);
  await pick(page, ...(await posters('1-a.png', '2-b.png', '3-c.png')));
  await page.getByText(texts.sheet.progress(3, 3)).waitFor();
  await showAs(page, 'grid');
  await page.getByRole('checkbox', { name: texts.sheet.mark('1-a.png') }).check();
  await page.getByRole('checkbox', { name: texts.sheet.mark('3-c.png') }).check();
  await page.getByRole('button', { name: texts.sheet.removeMarked(2) }).click();
  await page.getByText(texts.sheet.progress(1, 1)).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: texts.download.json }).click(),
  ]);
  const found = JSON.parse(await readFile((await download.path())!, 'utf8'));
  expect(found.map(({ source }: { source: string }) => source)).toEqual(['2-b.png']);
});

browserTest('reading stops and goes on, and the time that is left is told', async () => {
  const slow = await serviceHost({ delay: 600 });
  onTestFinished(() => slow.close());
  const { page } = await openPage(slow);
  const total = 40;
  await pick(page, ...(await posters(...Array.from({ length: total }, (_, at) => `${at}-a.png`))));
  await page.getByText(/about .* left/).waitFor();
  await page.getByRole('button', { name: texts.sheet.stop, exact: true }).click();
  await page.getByText(texts.sheet.stopped, { exact: true }).waitFor();
  const counted = async () => Number.parseInt((await page.locator('.counter').textContent())!, 10);
  // Those that were asked for are still answered.
  await expect.poll(() => page.locator('.frames [data-state=working]').count(), { timeout: 60_000 }).toBe(0);
  const before = await counted();
  expect(before).toBeLessThan(total);
  await page.waitForTimeout(1500);
  expect(await counted()).toBe(before);
  await page.getByRole('button', { name: texts.sheet.goOn }).click();
  await page.getByText(texts.sheet.progress(total, total)).waitFor();
});

browserTest(
  'of 500 posters all are read, shown and found again, with small pictures only',
  async () => {
    const { page, errors } = await openPage(host!);
    const total = 500;
    await pick(page, ...(await posters(...Array.from({ length: total }, (_, at) => `${at % 19}-${at}.png`))));
    await page.getByText(texts.sheet.progress(total, total)).waitFor({ timeout: 240_000 });
    await showAs(page, 'grid');
    await expect.poll(() => page.locator('.frames > li').count(), { timeout: 60_000 }).toBe(total);
    await page.locator('select[name=filter]').selectOption(`=${genres[0]}`);
    await expect.poll(() => page.locator('.frames > li').count(), { timeout: 60_000 }).toBeLessThan(total);
    await showAs(page, 'table');
    await expect.poll(async () => (await names(page)).length, { timeout: 60_000 }).toBeGreaterThan(20);
    const widths = await page
      .locator('tbody img')
      .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
    expect(Math.max(...widths)).toBeLessThanOrEqual(208);
    expect(errors).toEqual([]);
  },
  { seconds: 400 },
);

browserTest('the map is shown below the genre that was tapped where the window is narrow', async () => {
  const { page } = await openPage(host!, { viewport: { width: 390, height: 844 }, hasTouch: true });
  await pick(page, ...(await posters('1-a.png')));
  await page.locator('.genre').nth(2).tap();
  await page.locator('.genres > li:nth-child(3) .map canvas').waitFor();
  await page.locator('.genre').nth(0).tap();
  await page.locator('.genres > li:nth-child(1) .map canvas').waitFor();
  expect(await page.locator('.map canvas').count()).toBe(1);
  await page.getByRole('button', { name: texts.map.hide }).tap();
  expect(await page.locator('.map canvas').count()).toBe(0);
});

browserTest('several genres are compared side by side, and one is left when comparing ends', async () => {
  const { page } = await openPage(host!);
  await pick(page, ...(await posters('1-a.png')));
  await page.locator('.genre').nth(0).click();
  await page.getByRole('button', { name: texts.map.compare }).click();
  await page.locator('.genre').nth(1).click();
  await page.locator('.genre').nth(2).click();
  await expect.poll(() => page.locator('.map canvas').count()).toBe(3);
  expect(await page.locator('.genre[aria-pressed=true]').count()).toBe(3);
  expect(await page.locator('.picture').isVisible()).toBe(false);
  await page.getByRole('button', { name: texts.map.endComparing }).click();
  await expect.poll(() => page.locator('.map canvas').count()).toBe(1);
});

browserTest('the slider asks for more certainty, and genres that are never given say so', async () => {
  const { page } = await openPage(host!);
  await pick(page, ...(await posters('0-a.png')));
  await page.locator('select[name=policy]').selectOption('precision');
  const given = () => page.locator('.genres [data-given]').count();
  const slider = page.getByRole('slider');
  await slider.fill('0.5');
  const loose = await given();
  await slider.fill('0.9');
  expect(await given()).toBeLessThan(loose);
  const rules = await page.locator('.rule').allTextContents();
  expect(rules.filter((rule) => rule === texts.genre.rule(2, false))).toHaveLength(
    Math.floor(genres.length / 2),
  );
  expect(await page.locator('.policy output').textContent()).toBe('9 of 10 right');
});

browserTest('only the likeliest genres are shown until all are asked for', async () => {
  const { page } = await openPage(host!);
  await pick(page, ...(await posters('0-a.png')));
  const visible = () => page.locator('.genre:visible').count();
  await page.locator('.genre').first().waitFor();
  await page.locator('select[name=policy]').selectOption('top');
  expect(await visible()).toBe(8);
  await page.getByRole('button', { name: texts.genre.all(genres.length) }).click();
  expect(await visible()).toBe(genres.length);
});
