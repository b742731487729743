import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { saveActivityType } from '#app/activity-type/save.ts';
import { createLeaderboard } from '#app/leaderboard/create.ts';

import { ensureWidget } from '../../setup/widget.ts';
import { PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { findBrowser, openBrowser } from '../support/browser.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';
import { startServer } from '../support/server.ts';
import { aLadder, aTier } from '../support/tier.ts';

const executable = findBrowser();
const { url } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(url);
const open = executable === null ? null : await openDemo(executable);

/** A page on which the customer is signed in and live, and the errors of all pages. */
type Demo = { visit: (customer: string) => Promise<Page>; problems: string[] };

async function openDemo(file: string): Promise<Demo> {
  await ensureWidget();
  const program = await aDemoProgram();
  const app = await startServer({
    databaseUrl: url,
    redisUrl: redis.url,
    env: { LAUREL_DEMO_PROGRAM: program.publicId, LAUREL_TOKEN_SECRET: deps.config.tokenSecret },
  });
  const browser = await openBrowser(file);
  const problems: string[] = [];
  return {
    problems,
    visit: async (customer) => {
      const page = await browser.newPage();
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(`${new URL(app.url).origin}/?customer=${customer}`);
      await page.locator('#connection[data-state=live]').waitFor();
      return page;
    },
  };
}

/** Five points a visit; silver from ten; a pen for five of which there are three, and a mug for those in gold. */
async function aDemoProgram(): Promise<TestProgram> {
  const program = await aProgram(deps, { name: 'Page' });
  for (const code of ['visit', 'review_written']) {
    const type = {
      code,
      name: code,
      customerMayTrack: true,
      properties: code === 'visit' ? [] : [{ name: 'stars', type: 'INTEGER' as const, required: false, oneOf: null }],
    };
    await saveActivityType(deps, program.scope, aCommand('activityTypeSave', type), type);
  }
  await publishSet(deps, program, {
    earningRules: [{ ...PURCHASE_RULE, code: 'visits', activityType: 'visit', award: { kind: 'FIXED', points: 5 } }],
    ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '10'), aTier('gold', '5000')] })],
    rewards: [
      aReward({
        code: 'pen',
        points: 5,
        stock: 3,
        fulfilment: { kind: 'GENERATED_CODE', prefix: 'PEN-', length: 8, alphabet: '23456789ABCDEFGH' },
        texts: { en: { name: 'A <b>pen</b>', description: '', terms: '' } },
      }),
      aReward({ tiers: ['gold'] }),
    ],
  });
  for (const period of ['ALL_TIME', 'MONTH', 'WEEK', 'DAY'] as const) {
    const input = {
      code: `points_${period.toLowerCase()}`,
      name: period,
      metric: 'POINTS_EARNED' as const,
      currency: null,
      activityType: null,
      property: null,
      scoreDecimals: 0,
      direction: 'DESCENDING' as const,
      period,
      isPublic: true,
    };
    await createLeaderboard(deps, program.scope, aCommand('leaderboardCreate', input), input);
  }
  await someCustomers(deps, program, 3, 'guest-');
  return program;
}

/** What the page shows of the first list: rank, name and score of each row. */
function rowsOf(page: Page): Promise<string[]> {
  return page
    .locator('laurel-leaderboard tbody[part=top] tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent).join(' ')));
}

const within = { timeout: 10_000 };
const textOf = (page: Page, selector: string) => () => page.locator(selector).first().textContent();

test.skipIf(open === null)(
  'an activity in one browser window moves the board, the balance and the effects in the other, as soon as it is tracked',
  { timeout: 60_000 },
  async () => {
    const [mine, theirs] = [await open!.visit('guest-1'), await open!.visit('guest-2')];
    await mine.click('[data-type=visit]');
    await expect.poll(() => rowsOf(theirs), within).toEqual(['1 A customer 5']);
    await theirs.click('[data-type=visit]');
    await theirs.click('[data-type=visit]');
    await expect.poll(() => rowsOf(mine), within).toEqual(['1 A customer 10', '2 You 5']);
    expect(await mine.locator('laurel-leaderboard tr[aria-current=true]').textContent()).toContain('5');
    await expect.poll(textOf(theirs, 'laurel-balance .amount'), within).toBe('10 points');
    await expect.poll(() => theirs.locator('#effects li').count()).toBe(2);
    expect(await mine.locator('#effects li').count()).toBe(1);
    expect(open!.problems).toEqual([]);
  },
);

test.skipIf(open === null)(
  'a customer rises to a tier by what is tracked and redeems in one window, and another window shows tier, balance, stock and code',
  { timeout: 60_000 },
  async () => {
    const [here, there] = [await open!.visit('guest-3'), await open!.visit('guest-3')];
    const pen = 'laurel-rewards [data-reward=pen]';
    await expect.poll(textOf(there, `${pen} [part=why]`), within).toBe('5 more points needed');
    await expect.poll(textOf(there, 'laurel-rewards [data-reward=mug] [part=why]'), within).toContain('gold');
    expect(await there.locator(`${pen} > button`).getAttribute('aria-disabled')).toBe('true');
    await expect.poll(textOf(there, '.tier-name'), within).toBe('bronze');

    await here.click('[data-type=visit]');
    await expect.poll(() => there.locator('.ladder progress').getAttribute('value'), within).toBe('5');
    await here.click('[data-type=visit]');
    await expect.poll(textOf(there, '.tier-name'), within).toBe('silver');
    await expect.poll(textOf(there, '#tier-news'), within).toBe('You are silver now.');

    await expect.poll(textOf(there, `${pen} .cost .soft`), within).toBe('3 left');
    await here.locator(`${pen} > button[aria-disabled=false]`).click();
    await here.locator(`${pen} .question button.main`).click();
    await expect.poll(textOf(here, 'laurel-rewards code'), within).toMatch(/^PEN-/);
    await expect.poll(textOf(there, 'laurel-balance .amount'), within).toBe('5 points');
    await expect.poll(textOf(there, `${pen} .cost .soft`), within).toBe('2 left');
    const code = await here.locator('laurel-rewards code').first().textContent();
    await expect.poll(textOf(there, 'laurel-rewards code'), within).toBe(code);
    expect(open!.problems).toEqual([]);
  },
);
