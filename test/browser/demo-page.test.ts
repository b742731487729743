import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { saveActivityType } from '#app/activity-type/save.ts';
import { createLeaderboard } from '#app/leaderboard/create.ts';
import { publicId } from '#domain/ids.ts';

import { publish, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { findBrowser, openBrowser } from '../support/browser.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { startApp } from '../support/services.ts';

const executable = findBrowser();
const { url } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(url);

/** What the page shows of the first list: rank, name and score of each row. */
function rowsOf(page: Page): Promise<string[]> {
  return page
    .locator('#top li')
    .evaluateAll((items) => items.map((item) => [...item.children].map((cell) => cell.textContent).join(' ')));
}

test.skipIf(executable === null)(
  'an activity in one browser window moves the board, the balance and the effects in the other, as soon as it is tracked',
  { timeout: 120_000 },
  async () => {
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
    await publish(deps, program, {
      ...PURCHASE_RULE,
      code: 'visits',
      activityType: 'visit',
      award: { kind: 'FIXED', points: 5 },
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
    await someCustomers(deps, program, 2, 'guest-');
    const app = await startApp({
      databaseUrl: url,
      redisUrl: redis.url,
      env: {
        LAUREL_DEMO_PROGRAM: publicId('Program', program.programId),
        LAUREL_TOKEN_SECRET: deps.config.tokenSecret,
      },
    });
    const browser = await openBrowser(executable ?? '');
    const [mine, theirs] = await Promise.all([browser.newPage(), browser.newPage()]);
    const problems: string[] = [];
    for (const page of [mine, theirs]) page.on('pageerror', (error) => problems.push(error.message));
    const origin = new URL(app.url).origin;
    await mine.goto(`${origin}/?customer=guest-1`);
    await theirs.goto(`${origin}/?customer=guest-2`);
    for (const page of [mine, theirs]) await page.locator('#connection[data-state=live]').waitFor();

    await mine.click('[data-type=visit]');
    await expect.poll(() => rowsOf(theirs), { timeout: 10_000 }).toEqual(['1 A customer 5']);
    await theirs.click('[data-type=visit]');
    await theirs.click('[data-type=visit]');
    await expect.poll(() => rowsOf(mine), { timeout: 10_000 }).toEqual(['1 A customer 10', '2 A customer 5']);
    expect(await mine.locator('#top li.me').textContent()).toContain('5');
    expect(await theirs.locator('#available').textContent()).toBe('10');
    await expect.poll(() => theirs.locator('#effects li').count()).toBe(2);
    expect(await mine.locator('#effects li').count()).toBe(1);
    expect(problems).toEqual([]);
  },
);
