import { expect, onTestFinished } from 'vitest';
import { texts } from '../../web/texts.ts';
import { browserTest, drawnPoster, givenGenres, openPage, pick } from './browser.ts';
import { browserModel, serviceHost, stubProbability } from './host.ts';

async function openService(options: Parameters<typeof serviceHost>[0] = {}) {
  const host = await serviceHost(options);
  onTestFinished(() => host.close());
  return { host, ...(await openPage(host)) };
}

browserTest('with a service behind the page, posters are sent to it and its failures are shown', async () => {
  const { host, page, errors } = await openService();
  await page.getByText(texts.mode.serviceNote).waitFor();
  expect(await page.getByRole('textbox', { name: texts.intake.address }).isVisible()).toBe(false);
  await pick(page, await drawnPoster('sent.png'), await drawnPoster('broken.png'));
  await page.getByText(texts.sheet.progress(2, 2)).waitFor();
  await page.locator('.frame').first().click();
  await page.locator('select[name=policy]').selectOption('top');
  expect(await givenGenres(page)).toEqual(browserModel().genres.slice(0, 3));
  expect(await page.locator('.genre .value').first().textContent()).toBe(
    texts.genre.value(stubProbability(0)),
  );
  await page.locator('.frame').nth(1).click();
  expect(await page.locator('.reading .failure').textContent()).toBe(
    'Expected a whole JPEG image but broken.png is truncated.',
  );
  expect(host.posted.map(({ path }) => path)).toEqual(['/v1/predict', '/v1/predict']);
  expect(errors.filter((error) => !error.includes('422'))).toEqual([]);
});

browserTest('a genre’s map comes from the service and is laid over the poster', async () => {
  const { host, page } = await openService();
  await pick(page, await drawnPoster('sent.png'));
  await givenGenres(page);
  await page.locator('.genre').nth(1).click();
  await page.locator('.map canvas').waitFor();
  const { path, body } = host.posted.at(-1)!;
  expect(path).toBe('/v1/explain');
  expect(body).toMatch(new RegExp(`name="genre"\\s+${browserModel().genres[1]}`));
});

browserTest(
  'the switch to private mode holds after a reload, and from then on nothing is posted',
  async () => {
    const { host, page, errors } = await openService();
    await page.getByRole('radio', { name: texts.mode.private }).check({ force: true });
    await page.getByText(texts.mode.ready('wasm'), { exact: true }).waitFor();
    await page.reload();
    await page.getByText(texts.mode.privateNote).waitFor();
    expect(await page.getByRole('radio', { name: texts.mode.private }).isChecked()).toBe(true);
    await pick(page, await drawnPoster());
    await givenGenres(page);
    // A poster that came in private mode stays private, even after the switch.
    await page.getByRole('radio', { name: texts.mode.service }).check({ force: true });
    await page.locator('.genre').first().click();
    await page.locator('.map canvas').waitFor();
    expect(host.posted).toEqual([]);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(errors).toEqual([]);
  },
);

browserTest('where the service fetches, an address is sent to it and no picture is shown', async () => {
  const { host, page } = await openService({ fetching: true });
  const field = page.getByRole('textbox', { name: texts.intake.address });
  await field.fill('https://films.example/poster.jpg');
  await field.press('Enter');
  await givenGenres(page);
  expect(JSON.parse(host.posted[0]!.body)).toEqual({ urls: ['https://films.example/poster.jpg'] });
  await page.getByText(texts.detail.noPicture).waitFor();
  expect(await page.locator('.genre').first().isDisabled()).toBe(true);
});

browserTest(
  'a service that asks for a token is said to do so, and posters are read in the browser',
  async () => {
    const { page } = await openService({ locked: true });
    await page.getByText(texts.mode.lockedNote).waitFor();
    expect(await page.getByRole('group', { name: texts.mode.legend }).count()).toBe(0);
  },
);

browserTest(
  'what stands on a poster is read by the service, and a corrected title is judged at once',
  async () => {
    const { host, page, errors } = await openService({ reading: true });
    await pick(page, await drawnPoster('read.png'));
    await givenGenres(page);
    await page.getByRole('button', { name: texts.heard.read }).click();
    const lines = page.getByRole('textbox', { name: texts.heard.lines });
    await lines.waitFor();
    expect(await lines.inputValue()).toBe('COMING SOON\nTHE HAUNTED HOUSE');
    const { genres } = browserModel();
    const shown = () => page.locator('.spoken').textContent();
    expect(await shown()).toContain(`HAUNTED${texts.heard.weight(1.5)}`);
    expect(await shown()).toContain(`SOON${texts.heard.weight(-0.5)}`);
    const before = host.posted.length;
    await page.getByRole('textbox', { name: texts.heard.title }).fill('Night of the Ghost');
    await expect.poll(() => host.posted.length).toBe(before + 1);
    expect(host.posted.at(-1)!.body).toMatch(/name="title"\s+Night of the Ghost/);
    expect(host.posted.at(-1)!.body).toMatch(/name="texts"\s+COMING SOON\s+THE HAUNTED HOUSE/);
    // With a title, the stub finds the last genre the likeliest.
    await expect.poll(() => page.locator('.genre .label').first().textContent()).toBe(genres.at(-1));
    expect(await page.getByRole('textbox', { name: texts.heard.title }).inputValue()).toBe(
      'Night of the Ghost',
    );
    await page.locator('.genre').nth(1).click();
    await page.getByText(texts.heard.spoken(genres[0])).waitFor();
    expect(errors).toEqual([]);
  },
);
