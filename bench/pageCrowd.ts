/** @module The page and hundreds of posters at once -> its longest tasks by what was done meanwhile, and its memory. */
import { setTimeout } from 'node:timers/promises';
import { TimedBrowser } from './browser.ts';

/** Tasks of more than 50 ms that held the page up, in milliseconds, the longest first. */
export type LongTasks = readonly number[];

export interface Crowd {
  readonly posters: number;
  /** From handing all over to the last result, in seconds. */
  readonly seconds: number;
  /** By what a person did meanwhile. */
  readonly longTasks: Readonly<Record<string, LongTasks>>;
  /** Resident memory of the page's process, in megabytes: with a tenth of the posters read, and at the end of it all. */
  readonly megabytes: { readonly early: number; readonly late: number };
}

export const intake = `document.querySelector('.intake input[type=file]')`;

/** What is done to the sheet, once while posters are read and once when all are. */
const deeds: readonly (readonly [name: string, script: string])[] = [
  ['grid', `document.querySelector('input[name=view][value=grid]').click()`],
  ...orderings('grid'),
  ...filterings('grid'),
  ['table', `document.querySelector('input[name=view][value=table]').click()`],
  ...orderings('table'),
  ...filterings('table'),
  ['strip', `document.querySelector('input[name=view][value=strip]').click()`],
];

function choose(name: string, value: string): string {
  return `(() => {
    const select = document.querySelector('select[name=${name}]');
    select.value = ${value};
    select.dispatchEvent(new Event('change', { bubbles: true }));
  })()`;
}

function orderings(view: string): (readonly [string, string])[] {
  return ['name', 'certainty', 'genre', 'added'].map((order) => [
    `${view}, by ${order}`,
    choose('order', `'${order}'`),
  ]);
}

/** The most frequent genre's filter is the first that stands behind those for all, undecided and failed posters. */
function filterings(view: string): (readonly [string, string])[] {
  return [
    [`${view}, undecided`, choose('filter', `'undecided'`)],
    [`${view}, one genre`, choose('filter', `select.options[3]?.value ?? 'failed'`)],
    [`${view}, all again`, choose('filter', `'all'`)],
  ];
}

/** Files in the page itself: hundreds of paths that come through the protocol keep the browser busy by themselves. */
async function makeFiles(browser: TimedBrowser, posters: readonly string[], count: number): Promise<void> {
  const source = await browser.find(`(() => {
    globalThis.source = Object.assign(document.createElement('input'), { type: 'file', multiple: true });
    return source;
  })()`);
  await browser.setFiles(source, posters);
  await browser.find(`(async () => {
    globalThis.many = new DataTransfer();
    const bytes = await Promise.all([...source.files].map((file) => file.arrayBuffer()));
    for (let at = 0; at < ${count}; at++)
      many.items.add(new File([bytes[at % bytes.length]], 'poster ' + at + '.png', { type: 'image/png' }));
    // The first address waits until the bytes of all have left the page, which those of files on a disk need not.
    URL.revokeObjectURL(URL.createObjectURL(many.items[${count} - 1].getAsFile()));
    return true;
  })()`);
}

/** Hundreds of posters at once, as a strip, a grid and a table, in every order and by filters, and removed at the end. */
export async function measureCrowd(
  executable: string,
  address: string,
  posters: readonly string[],
  count: number,
): Promise<Crowd> {
  const browser = await TimedBrowser.launch(executable);
  const longTasks: Record<string, LongTasks> = {};
  /** Does something, waits until the page has come to rest, and keeps what held it up. */
  const during = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    await browser.find('(longTasks.length = 0, true)');
    await work();
    await setTimeout(250);
    const found = JSON.parse(await browser.find('JSON.stringify(longTasks)')) as number[];
    longTasks[name] = found.sort((a, b) => b - a);
  };
  const read = (posters: number): string => `document.querySelector('.edge progress').value >= ${posters}`;
  try {
    await browser.open(address);
    // Loading the page is not what is asked here.
    await browser.find(`document.querySelector('.status')?.textContent.startsWith('Ready')`);
    await browser.find(`(() => {
      globalThis.longTasks = [];
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longTasks.push(duration);
      }).observe({ type: 'longtask' });
      return true;
    })()`);
    await makeFiles(browser, posters, count);
    const start = performance.now();
    await during('chosen', async () => {
      await browser.find(`(() => {
        const input = ${intake};
        input.files = many.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
        return true;
      })()`);
      await browser.find(read(Math.ceil(count / 10)));
    });
    const early = await browser.megabytes();
    for (const [name, script] of deeds)
      await during(`${name}, while read`, () => browser.find(`(${script}, true)`));
    await during('read as a strip', () =>
      browser.find(`document.querySelector('.counter').textContent.startsWith('${count} of ${count}')`),
    );
    const seconds = (performance.now() - start) / 1000;
    for (const [name, script] of deeds) await during(name, () => browser.find(`(${script}, true)`));
    const late = await browser.megabytes();
    await during('removed', async () => {
      await browser.click(await browser.find(`document.querySelector('.edge > button:last-child')`));
      await browser.find(`document.querySelector('.sheet').hidden`);
    });
    return { posters: count, seconds, longTasks, megabytes: { early, late } };
  } finally {
    await browser.close();
  }
}
