import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { applyPolicy, type Policy, parsePolicyName } from '../../src/evaluate/index.ts';
import { preparePixels } from '../../src/image/index.ts';
import { openClassifier } from '../../src/predict/index.ts';
import { texts } from '../../web/texts.ts';
import { browserTest, drawnPoster, givenGenres, openPage, pick, transfer } from './browser.ts';
import { browserModel, type Host, staticHost } from './host.ts';

let host: Host | undefined;
beforeAll(async () => {
  host = await staticHost();
}, 120_000);
afterAll(() => host?.close());

const notes = { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a picture at all') };

/** What Node makes of the same poster with the same model. */
async function probabilitiesInNode(bytes: Uint8Array): Promise<Float32Array> {
  const classifier = await openClassifier(
    new URL('../../dist/web/model/model.onnx', import.meta.url).pathname,
  );
  const source = { kind: 'bytes', bytes, name: 'poster' } as const;
  const pixels = await preparePixels(source, classifier.model.metadata.resize);
  const { probabilities } = await classifier.classify(pixels);
  await classifier.release();
  return probabilities;
}

function decidedBy(policy: Policy, genres: readonly string[], probabilities: Float32Array): string[] {
  const decided = applyPolicy(policy, { rows: 1, columns: genres.length, data: probabilities }).data;
  return genres
    .map((label, genre) => ({ label, genre }))
    .filter(({ genre }) => decided[genre] === 1)
    .sort((a, b) => probabilities[b.genre]! - probabilities[a.genre]!)
    .map(({ label }) => label);
}

function choosePolicy(page: Page, { name }: Policy) {
  return page.locator('select[name=policy]').selectOption(parsePolicyName(name).kind);
}

describe('on a plain static host', () => {
  browserTest('private mode is the only mode, and the page says so', async () => {
    const { page, errors } = await openPage(host!);
    await page.getByText(texts.mode.staticNote).waitFor();
    await page.getByText(texts.mode.ready('wasm'), { exact: true }).waitFor();
    expect(await page.getByRole('group', { name: texts.mode.legend }).count()).toBe(0);
    expect(await page.getByText(browserModel().id).count()).toBe(1);
    expect(errors).toEqual([]);
  });

  browserTest('the browser gives the probabilities that Node gives, and each policy its genres', async () => {
    const { page } = await openPage(host!);
    const poster = await drawnPoster();
    await pick(page, poster);
    const { genres, policies } = browserModel() as { genres: string[]; policies: Policy[] };
    const probabilities = await probabilitiesInNode(poster.buffer);
    await givenGenres(page);
    const labels = await page.locator('.genre .label').allTextContents();
    const values = await page.locator('.genre .value').allTextContents();
    expect([...labels].sort()).toEqual([...genres].sort());
    labels.forEach((label, row) => {
      const shown = Number.parseInt(values[row]!, 10) / 100;
      expect(Math.abs(shown - probabilities[genres.indexOf(label)]!), label).toBeLessThan(0.03);
    });
    for (const policy of policies) {
      await choosePolicy(page, policy);
      // So near to its threshold, a genre may fall on either side: WebAssembly rounds in another order.
      const isClear = (label: string): boolean => {
        const genre = genres.indexOf(label);
        return (
          policy.kind !== 'threshold' || Math.abs(probabilities[genre]! - policy.thresholds[genre]!) >= 0.03
        );
      };
      const shown = (await givenGenres(page)).filter((label) => label !== texts.detail.undecided);
      const expected = decidedBy(policy, genres, probabilities).filter(isClear);
      expect(shown.filter(isClear).sort()).toEqual(expected.sort());
      expect(await page.locator('.genres [data-given]').count()).toBe(shown.length);
    }
  });

  browserTest(
    'the decision line stands at the threshold, and below the last of the k likeliest',
    async () => {
      const { page } = await openPage(host!);
      await pick(page, await drawnPoster());
      await givenGenres(page);
      const { genres, policies } = browserModel() as { genres: string[]; policies: Policy[] };
      const threshold = policies.find(({ kind }) => kind === 'threshold')!;
      await choosePolicy(page, threshold);
      const { thresholds } = threshold as Extract<Policy, { kind: 'threshold' }>;
      const first = page.locator('.genre').first();
      const label = (await first.locator('.label').textContent())!;
      const expected = thresholds[genres.indexOf(label)]!;
      const left = await first.locator('.line').evaluate((line) => line.style.insetInlineStart);
      expect(Number.parseFloat(left) / 100).toBeCloseTo(expected, 3);
      expect(await first.locator('.rule').textContent()).toBe(texts.genre.rule(expected, true));

      const top = policies.find(({ kind }) => kind === 'top')!;
      await choosePolicy(page, top);
      const { k } = top as Extract<Policy, { kind: 'top' }>;
      expect(
        await page
          .locator('.genres > li')
          .nth(k - 1)
          .getAttribute('data-cut'),
      ).toBe(texts.genre.top(k));
      expect(await page.locator('[data-cut]').count()).toBe(1);
    },
  );

  browserTest(
    'no request carries the poster: after loading there are only GETs of the page’s own files',
    async () => {
      const { page } = await openPage(host!);
      await page.getByText(texts.mode.ready('wasm'), { exact: true }).waitFor();
      const wrong: string[] = [];
      page.on('request', (request) => {
        const url = request.url();
        const own = url.startsWith(host!.address) || url.startsWith('blob:');
        if (!own || request.method() !== 'GET' || request.postData() !== null || url.includes('?'))
          wrong.push(`${request.method()} ${url}`);
      });
      page.on('websocket', (socket) => wrong.push(socket.url()));
      const blocked = await page.context().newCDPSession(page);
      await blocked.send('Network.enable');
      blocked.on('Network.webTransportCreated', ({ url }) => wrong.push(url));
      const [one, two, three] = await Promise.all([1, 2, 3].map((seed) => drawnPoster(`p${seed}.png`, seed)));
      await pick(page, one!);
      await transfer(page, 'drop', two!);
      await transfer(page, 'paste', three!);
      await page.getByText(texts.sheet.progress(3, 3)).waitFor();
      await page.locator('.genre').first().click();
      await page.locator('.map canvas').waitFor();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: texts.download.json }).click();
      await download;
      expect(wrong).toEqual([]);
    },
  );

  browserTest(
    'dropped, pasted and picked posters are read beside each other, one bad file stops nothing',
    async () => {
      const { page, errors } = await openPage(host!);
      await transfer(page, 'drop', await drawnPoster('dropped.png', 2), notes);
      await transfer(page, 'paste', await drawnPoster('pasted.png', 3));
      await page.getByText(texts.sheet.progress(3, 3)).waitFor();
      const frames = page.locator('.frame');
      await page
        .getByRole('button', {
          name: /^Frame 2.*notes\.jpg:.*not read.*Expected a JPEG, PNG, WebP, AVIF, GIF or TIFF image but notes\.jpg is something else\./,
        })
        .waitFor();
      await frames.nth(1).click();
      expect(await page.locator('.reading .failure').textContent()).toContain('notes.jpg is something else');
      await frames.nth(0).click();
      expect(await page.locator('.slate .name').textContent()).toBe('dropped.png');
      await givenGenres(page);
      expect(errors).toEqual([]);
    },
  );

  browserTest('a worker or a runtime that does not come is said, however early it fails', async () => {
    for (const [missing, sentence] of [
      ['**/assets/worker-*.js', texts.errors.privateFailed(texts.errors.worker)],
      ['**/ort/*.wasm', 'HTTP 404'],
    ] as const) {
      const { page } = await openPage(host!);
      await page.route(missing, (route) => route.fulfill({ status: 404, body: '' }));
      await page.reload();
      await pick(page, await drawnPoster());
      await page.locator('.reading .failure', { hasText: sentence }).waitFor();
    }
  });

  browserTest('a cut-off picture and an empty file are named as what they are', async () => {
    const { page } = await openPage(host!);
    const { buffer } = await drawnPoster();
    await pick(page, {
      name: 'cut.png',
      mimeType: 'image/png',
      buffer: buffer.subarray(0, buffer.length >> 1),
    });
    await page
      .getByText('Expected a whole PNG image but cut.png is truncated.')
      .filter({ visible: true })
      .first()
      .waitFor();
    await pick(page, { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) });
    await page
      .getByText('Expected an image but empty.png is empty.')
      .filter({ visible: true })
      .first()
      .waitFor();
  });

  browserTest(
    'a genre is chosen by keyboard, its map is computed with progress, and can be cancelled',
    async () => {
      const { page } = await openPage(host!);
      await pick(page, await drawnPoster());
      await givenGenres(page);
      const first = page.locator('.genre').first();
      const genre = (await first.locator('.label').textContent())!;
      await first.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: texts.map.cancel }).click();
      expect(await first.getAttribute('aria-pressed')).toBe('false');
      expect(await page.locator('.map canvas').count()).toBe(0);

      await first.focus();
      await page.keyboard.press('Enter');
      await page.locator('.caption progress[value]').waitFor();
      await page.getByRole('img', { name: texts.map.picture(genre, 'drawn.png') }).waitFor();
      expect(await first.getAttribute('aria-pressed')).toBe('true');
      const colours = await page.locator('.map canvas').evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return new Set(
          Array.from({ length: width * height }, (_, at) => data.slice(at * 4, at * 4 + 3).join()),
        ).size;
      });
      expect(colours).toBeGreaterThan(100);
      await page.getByRole('button', { name: texts.map.hide }).click();
      expect(await page.locator('.map canvas').count()).toBe(0);
    },
  );

  browserTest('results are downloaded as CSV and JSON, harmless to spreadsheets', async () => {
    const { page } = await openPage(host!);
    await pick(page, await drawnPoster('=HYPERLINK(1).png'), notes);
    await page.getByText(texts.sheet.progress(2, 2)).waitFor();
    await page.locator('.frame').first().click();
    await page.locator('select[name=policy]').selectOption('top');
    const read = async (name: string): Promise<string> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name, exact: true }).click(),
      ]);
      const parts: Buffer[] = [];
      for await (const part of await download.createReadStream()) parts.push(part as Buffer);
      return Buffer.concat(parts).toString();
    };
    const [header, first] = (await read(texts.download.csv)).split('\r\n');
    expect(header).toContain('id,source,genres,Action,');
    expect(first).toMatch(/^'=HYPERLINK\(1\),'=HYPERLINK\(1\)\.png,/);
    const [prediction, failure] = JSON.parse(await read(texts.download.json));
    expect(prediction).toMatchObject({ id: '=HYPERLINK(1)', model: browserModel().id, policy: 'top=3' });
    expect(prediction.genres.filter((genre: { decided: boolean }) => genre.decided)).toHaveLength(3);
    expect(failure.error.code).toBe('IMAGE_FORMAT');
  });

  browserTest('an address whose host does not share is explained, and one that does is read', async () => {
    const { page } = await openPage(host!);
    const { buffer } = await drawnPoster();
    const other = createServer(({ url }, response) => {
      const shared = url!.startsWith('/shared/') ? { 'access-control-allow-origin': '*' } : {};
      response.writeHead(200, { 'content-type': 'image/png', ...shared }).end(buffer);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => {
      other.close();
    });
    await once(other, 'listening');
    const otherHost = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const field = page.getByRole('textbox', { name: texts.intake.address });
    const enter = async (text: string): Promise<void> => {
      await field.fill(text);
      await field.press('Enter');
    };
    await enter('poster.jpg');
    expect(await page.getByRole('alert').textContent()).toBe(texts.errors.address('poster.jpg'));
    await enter(`http://${otherHost}/kept/a.png`);
    await enter(`http://${otherHost}/shared/b.png`);
    await page.getByText(texts.sheet.progress(2, 2)).waitFor();
    await givenGenres(page);
    await page.locator('.frame').first().click();
    await page.getByText(texts.errors.fetchRefused(otherHost)).filter({ visible: true }).first().waitFor();
  });

  browserTest('the camera takes a picture, which is read as any other', async () => {
    const { page } = await openPage(host!, { permissions: ['camera'] });
    await page.getByRole('button', { name: texts.intake.camera }).click();
    await page.locator('video').evaluate(
      (video) =>
        new Promise<void>((resolve) => {
          const wait = (): void => {
            if ((video as HTMLVideoElement).videoWidth > 0) resolve();
            else setTimeout(wait, 50);
          };
          wait();
        }),
    );
    await page.getByRole('button', { name: texts.camera.take }).click();
    await givenGenres(page);
    expect(await page.locator('.slate .name').textContent()).toBe(texts.intake.photograph);
    expect(await page.locator('dialog').count()).toBe(0);
  });
});
