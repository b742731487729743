// Laurel with a program to look at, a browser, and a tenant's site at an origin of its own.
import type { BrowserContextOptions, Page, WebSocketRoute } from 'playwright-core';

import { saveActivityType } from '#app/activity-type/save.ts';
import { makeStepUpCode } from '#app/redemption/step-up.ts';
import type { Deps } from '#src/deps.ts';

import { ensureWidget } from '../../setup/widget.ts';
import type { Client } from '../../widget/src/client/client.ts';
import { PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { openBrowser } from '../support/browser.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';
import { startServer } from '../support/server.ts';
import { startTenant, type Tenant } from './tenant.ts';

export type Kit = {
  laurel: string;
  tenant: Tenant;
  /** Opens a page; what goes wrong on any page is in `problems`. */
  open: (url: string, options?: BrowserContextOptions) => Promise<Page>;
  problems: string[];
  /** The code that the tenant would send to a customer. */
  stepUpCode: (customer: string, reward: string) => Promise<string>;
};

/** Starts everything for the tests of a file. */
export async function startKit(executable: string): Promise<Kit> {
  await ensureWidget();
  const { url: databaseUrl } = await testDatabase();
  const redis = await ownRedis();
  const deps = testDeps(databaseUrl);
  const program = await aShopWithAll(deps);
  const tenant = await startTenant();
  const { url: laurel } = await startServer({
    databaseUrl,
    redisUrl: redis.url,
    env: {
      LAUREL_DEMO_PROGRAM: program.publicId,
      LAUREL_TOKEN_SECRET: deps.config.tokenSecret,
      LAUREL_ALLOWED_ORIGINS: tenant.origin,
    },
  });
  tenant.use(laurel);
  const browser = await openBrowser(executable);
  const problems: string[] = [];
  return {
    laurel,
    tenant,
    problems,
    async open(url, options) {
      const page = await (await browser.newContext(options)).newPage();
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        // What a policy forbids is written there and nowhere else.
        if (/Content Security Policy/.test(message.text())) problems.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    async stepUpCode(externalId, rewardCode) {
      const input = { customer: { id: null, externalId }, rewardCode };
      const { code } = await makeStepUpCode(deps, program.scope, aCommand('redemptionStepUp', input), input);
      return code ?? '';
    },
  };
}

/**
 * Five points a visit, a badge for the first one, a challenge of two, one for all together and a streak; a board of all time; a pen for five points
 * and a watch for ten that asks for a code.
 */
async function aShopWithAll(deps: Deps): Promise<TestProgram> {
  const program = await aProgram(deps, { name: 'Kit' });
  const type = { code: 'visit', name: 'Visit', customerMayTrack: true, properties: [] };
  await saveActivityType(deps, program.scope, aCommand('activityTypeSave', type), type);
  await publishSet(deps, program, {
    earningRules: [{ ...PURCHASE_RULE, code: 'visits', activityType: 'visit', award: { kind: 'FIXED', points: 5 } }],
    rewards: [
      aReward({
        code: 'pen',
        points: 5,
        stock: 3,
        fulfilment: { kind: 'GENERATED_CODE', prefix: 'PEN-', length: 8, alphabet: '23456789ABCDEFGH' },
        texts: {
          en: { name: 'A <b>pen</b>', description: 'Blue', terms: '' },
          de: { name: 'Ein Stift', description: 'Blau', terms: '' },
        },
      }),
      aReward({
        code: 'watch',
        points: 10,
        stepUpAbove: 1,
        texts: { en: { name: 'A watch', description: '', terms: '' } },
      }),
    ],
    challenges: [
      {
        code: 'regular',
        texts: { en: { name: 'A regular' } },
        steps: [
          {
            code: 'come',
            texts: { en: { name: 'Come by' } },
            measure: { kind: 'COUNT', activityType: 'visit' },
            target: '2',
          },
        ],
        prize: { points: 7 },
      },
      {
        code: 'together',
        texts: { en: { name: 'Together' } },
        goal: 'COMMUNITY',
        steps: [
          {
            code: 'come',
            texts: { en: { name: 'Come by' } },
            measure: { kind: 'COUNT', activityType: 'visit' },
            target: '99',
          },
        ],
      },
    ],
    badges: [
      {
        code: 'hello',
        texts: { en: { name: 'Hello' } },
        criteria: [{ kind: 'COUNT', activityType: 'visit', targets: ['1'] }],
      },
    ],
    streaks: [
      {
        code: 'daily',
        name: 'Visits',
        cadence: 'DAY',
        conditions: [{ measure: { kind: 'COUNT', activityType: 'visit' } }],
      },
    ],
  });
  await aLeaderboard(deps, program, { code: 'points_all_time' });
  await someCustomers(deps, program, 30, 'guest-');
  return program;
}

/** Lets the customer of a page check in, by the page's own connection. */
export function checkIn(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const { Laurel } = globalThis as unknown as { Laurel: { connectedClient: () => Client | null } };
    const input = { idempotencyKey: String(Math.random()), type: 'visit' };
    const text = 'mutation Track($input: ActivityTrackInput!) { activityTrack(input: $input) { __typename } }';
    await Laurel.connectedClient()?.request(text, { input });
  });
}

/** A line that a test cuts: while it is cut, the page's sockets lead nowhere. */
export type CuttableLine = { cut: () => Promise<void>; mend: () => void; sockets: () => number };

export async function cuttableLine(page: Page): Promise<CuttableLine> {
  const open = new Set<WebSocketRoute>();
  let isCut = false;
  let sockets = 0;
  await page.routeWebSocket(/\/graphql$/, (socket) => {
    sockets += 1;
    if (isCut) return void socket.close({ code: 4999 });
    open.add(socket);
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => !isCut && socket.send(message));
  });
  return {
    async cut() {
      isCut = true;
      for (const socket of open) await socket.close({ code: 4999 });
      open.clear();
    },
    mend: () => {
      isCut = false;
    },
    sockets: () => sockets,
  };
}
