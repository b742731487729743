import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

import type * as AxeModule from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { findBrowser } from '../support/browser.ts';
import { checkIn, cuttableLine, startKit } from './kit.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const executable = findBrowser();
const kit = executable === null ? null : await startKit(executable);
const within = { timeout: 30_000 };
const long = { timeout: 180_000 };

/** The pages of docs/widget.md: whoever copies them gets what is tested here. */
const snippets = [...(await readFile(resolve(ROOT, 'docs', 'widget.md'), 'utf8')).matchAll(/```(\w+)\n([\s\S]*?)```/g)];
const snippet = (language: string): string => snippets.find(([, name]) => name === language)?.[2] ?? '';

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><body><main><h1>Shop</h1>
${snippet('html').replaceAll('https://laurel.example', 'LAUREL').replaceAll('/laurel-token', '/laurel-token?customer=CUSTOMER')}
</main></body></html>`;
const shop = kit?.tenant.serve('/shop', { html: PAGE }) ?? String;
const dark = kit?.tenant.serve('/dark', { html: PAGE.replaceAll('></laurel-', ' theme="dark"></laurel-') }) ?? String;
const german = kit?.tenant.serve('/german', { html: PAGE.replace('lang="en"', 'lang="de"') }) ?? String;

const rowsOf = (page: Page) => (): Promise<string[]> =>
  page
    .locator('laurel-leaderboard tbody[part] tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent).join(' ')));
const textOf = (page: Page, selector: string) => (): Promise<string | null> =>
  page.locator(selector).first().textContent();
const freshness = (page: Page) => (): Promise<string | null> =>
  page.locator('laurel-balance').getAttribute('data-freshness');

describe.skipIf(kit === null)('the script tag of the documentation, on a page of another origin', () => {
  test('shows what other customers do without a reload, over one socket, under a strict policy', long, async () => {
    const [mine, theirs] = [await kit!.open(shop('guest-1')), await kit!.open('about:blank')];
    const line = await cuttableLine(theirs);
    await theirs.goto(shop('guest-2'));
    await expect.poll(freshness(mine), within).toBe('LIVE');
    await expect.poll(freshness(theirs), within).toBe('LIVE');
    await checkIn(mine);
    await expect.poll(rowsOf(theirs), within).toEqual(['1 A customer 5']);
    await checkIn(theirs);
    await checkIn(theirs);
    await expect.poll(rowsOf(mine), within).toEqual(['1 A customer 17', '2 You 5']);
    await expect.poll(textOf(mine, '[data-challenge=together] .count'), within).toBe('3 of 99');
    expect(await mine.locator('laurel-leaderboard tr[aria-current=true]').textContent()).toContain('You');
    await expect.poll(textOf(theirs, 'laurel-balance .amount'), within).toBe('17 points');
    await expect.poll(textOf(theirs, 'laurel-challenges .challenge[data-state=done] .name'), within).toBe('A regular');
    await expect.poll(textOf(theirs, 'laurel-badges .badge[data-held=true] .name'), within).toBe('Hello');
    await expect.poll(textOf(theirs, 'laurel-streaks [part=length]'), within).toBe('Visits: 1 day in a row');
    expect(line.sockets()).toBe(1);
    expect(kit!.problems).toEqual([]);
  });

  test('tells the page of ranks and balances by events that leave the shadow', long, async () => {
    const page = await kit!.open(shop('guest-3'));
    await expect.poll(freshness(page), within).toBe('LIVE');
    await page.evaluate(() => {
      const heard: unknown[] = [];
      Object.assign(globalThis, { heard });
      for (const type of ['laurel-rank', 'laurel-balance'])
        document.addEventListener(type, (event) => heard.push([type, (event as CustomEvent<unknown>).detail]));
    });
    await checkIn(page);
    const heard = (): Promise<unknown[]> => page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard);
    await expect.poll(async () => (await heard()).length, within).toBe(2);
    expect(await heard()).toContainEqual([
      'laurel-balance',
      { currency: 'points', available: 5, pending: 0, previous: 0 },
    ]);
    await expect.poll(textOf(page, 'laurel-balance .still'), within).toBe('You have 5 points.');
  });

  test('speaks the language of the page, and shows what customers are called as text', long, async () => {
    const page = await kit!.open(german('guest-4'));
    await expect.poll(textOf(page, 'laurel-rewards .name'), within).toBe('Ein Stift');
    expect(await textOf(page, 'laurel-balance .title')()).toBe('Ihre Punkte');
    const english = await kit!.open(shop('guest-4'));
    await expect.poll(textOf(english, 'laurel-rewards .name'), within).toBe('A <b>pen</b>');
  });
});

describe.skipIf(kit === null)('a line that breaks', () => {
  test('is shown as stale with a time, and nothing is missed when it is back', long, async () => {
    const [page, other] = [await kit!.open('about:blank'), await kit!.open(shop('guest-5'))];
    const line = await cuttableLine(page);
    await page.goto(shop('guest-5'));
    await expect.poll(freshness(page), within).toBe('LIVE');
    await expect.poll(freshness(other), within).toBe('LIVE');
    await line.cut();
    await expect.poll(freshness(page), within).toBe('STALE');
    expect(await textOf(page, 'laurel-balance .state')()).toMatch(/^Reconnecting. As of \d/);
    for (let times = 0; times < 3; times += 1) await checkIn(other);
    await expect.poll(textOf(other, 'laurel-balance .amount'), within).toBe('22 points');
    expect(await textOf(page, 'laurel-balance .amount')()).toBe('0 points');
    line.mend();
    await expect.poll(freshness(page), within).toBe('LIVE');
    await expect.poll(textOf(page, 'laurel-balance .amount'), within).toBe('22 points');
    await expect.poll(rowsOf(page), within).toEqual(await rowsOf(other)());
    expect(line.sockets()).toBeGreaterThan(1);
  });

  test('is shown as offline while the browser has no network', long, async () => {
    const page = await kit!.open(shop('guest-6'));
    await expect.poll(freshness(page), within).toBe('LIVE');
    await page.context().setOffline(true);
    await expect.poll(freshness(page), within).toBe('OFFLINE');
    expect(await textOf(page, 'laurel-leaderboard .state')()).toMatch(/^Offline. As of \d/);
    await page.context().setOffline(false);
    await expect.poll(freshness(page), within).toBe('LIVE');
  });
});

describe.skipIf(kit === null)('somebody without a mouse', () => {
  test('redeems by the keyboard alone, is asked first, keeps the place, and confirms by a code', long, async () => {
    const page = await kit!.open(shop('guest-7'));
    await expect.poll(freshness(page), within).toBe('LIVE');
    const pen = page.locator('laurel-rewards [data-reward=pen]');
    await expect.poll(() => pen.locator('[part=why]').textContent(), within).toBe('5 more points needed');
    for (let times = 0; times < 3; times += 1) await checkIn(page);
    await expect.poll(() => pen.locator('button.main').first().getAttribute('aria-disabled'), within).toBe('false');
    await pen.locator('button.main').first().focus();
    await page.keyboard.press('Enter');
    expect(await pen.locator('.ask').textContent()).toBe('Spend 5 points on A <b>pen</b>?');
    await page.keyboard.press('Escape');
    expect(await pen.locator('form').isHidden()).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect.poll(textOf(page, 'laurel-rewards .news'), within).toMatch(/^A <b>pen<\/b> is yours. Your code: PEN-/);
    await expect.poll(textOf(page, 'laurel-rewards .redemption code'), within).toMatch(/^PEN-/);
    await expect.poll(textOf(page, 'laurel-balance .amount'), within).toBe('17 points');

    await page.evaluate(() =>
      document.addEventListener('laurel-step-up', (event) =>
        Object.assign(globalThis, { asked: (event as CustomEvent<{ reward: string }>).detail.reward }),
      ),
    );
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => (globalThis as { asked?: string }).asked), within).toBe('watch');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    const alert = page.locator('laurel-rewards [data-reward=watch] [role=alert]');
    await expect.poll(() => alert.textContent(), within).not.toBe('');
    await page.keyboard.type(await kit!.stepUpCode('guest-7', 'watch'));
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => `${await textOf(page, 'laurel-rewards .news')()}${await alert.textContent()}`, within)
      .toBe('A watch is yours.');
  });

  test.each(['light', 'dark'])('finds no barrier that axe knows of, in the %s theme', long, async (theme) => {
    const page = await kit!.open((theme === 'light' ? shop : dark)('guest-8'));
    await expect.poll(freshness(page), within).toBe('LIVE');
    await checkIn(page);
    await expect.poll(textOf(page, 'laurel-rewards .name'), within).toBe('A <b>pen</b>');
    await page.locator('laurel-rewards [data-reward=pen] > button[aria-disabled=false]').click();
    await page.waitForTimeout(1_600);
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof AxeModule };
      const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
      if (found.passes.every(({ id }) => id !== 'color-contrast')) return ['contrast was not looked at'];
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect(violations).toEqual([]);
  });

  test('sees rows glide to their places, but nothing move who prefers it so', long, async () => {
    const moved: number[] = [];
    for (const reducedMotion of ['no-preference', 'reduce'] as const) {
      const page = await kit!.open(shop(`guest-9`), { reducedMotion });
      await expect.poll(freshness(page), within).toBe('LIVE');
      await expect.poll(async () => (await rowsOf(page)()).length, within).toBeGreaterThan(0);
      await page.evaluate(() => {
        Object.assign(globalThis, { animations: 0 });
        Element.prototype.animate = new Proxy<Element['animate']>(Reflect.get(Element.prototype, 'animate'), {
          apply(animate, element, given) {
            (globalThis as unknown as { animations: number }).animations += 1;
            return Reflect.apply(animate, element, given) as Animation;
          },
        });
      });
      const before = await rowsOf(page)();
      await checkIn(page);
      await expect.poll(async () => String(await rowsOf(page)()) === String(before), within).toBe(false);
      await page.waitForTimeout(200);
      moved.push(await page.evaluate(() => (globalThis as unknown as { animations: number }).animations));
    }
    expect(moved[0]).toBeGreaterThan(0);
    expect(moved[1]).toBe(0);
  });
});

test.skipIf(kit === null)('the React page of the documentation follows the board and redeems', long, async () => {
  const { build } = await import('rolldown');
  const source = snippet('jsx')
    .replaceAll('https://laurel.example', kit!.laurel)
    .replaceAll("'/laurel-token'", "'/laurel-token' + location.search");
  const dist = resolve(ROOT, 'widget', 'dist');
  const { output } = await build({
    input: 'page.jsx',
    write: false,
    cwd: ROOT,
    logLevel: 'silent',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    resolve: { alias: { 'laurel-widget/react': `${dist}/react.mjs`, 'laurel-widget': `${dist}/laurel.mjs` } },
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page.jsx' ? resolve(ROOT, 'page.jsx') : null),
        load: (id) => (id.endsWith('/page.jsx') ? `globalThis.React = true;\n${source}` : null),
      },
    ],
  });
  kit!.tenant.script('/react.js', output[0].code);
  const html = '<!doctype html><div id="root"></div><script src="/react.js" type="module"></script>';
  const react = kit!.tenant.serve('/react', { html });
  const [page, other] = [await kit!.open(react('guest-10')), await kit!.open(shop('guest-10'))];
  await expect.poll(freshness(other), within).toBe('LIVE');
  await checkIn(other);
  await expect.poll(textOf(page, 'output'), within).toBe('5');
  await expect.poll(() => page.locator('li[aria-current=true]').textContent(), within).toMatch(/: 5$/);
  expect(await page.locator('ol').getAttribute('data-freshness')).toBe('LIVE');
  await page.locator('button:not([disabled])').first().click();
  await expect.poll(textOf(page, 'output'), within).toBe('0');
  await expect.poll(textOf(other, 'laurel-rewards .redemption code'), within).toMatch(/^PEN-/);
  expect(kit!.problems).toEqual([]);
});
