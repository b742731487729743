import { describe, expect, test } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { claimChallengePrize } from '#app/challenge/claim.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { BADGE_CHECKS } from '#src/jobs/invariants/badge-checks.ts';
import { CHALLENGE_CHECKS } from '#src/jobs/invariants/challenge-checks.ts';
import { STREAM_CHECKS } from '#src/jobs/invariants/stream-checks.ts';
import { settleChallenges } from '#src/jobs/settle-challenges.ts';
import { createCustomerTeller } from '#src/projections/customer-teller.ts';
import { deleteOutbox } from '#storage/outbox-store.ts';

import { aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { brokenBy } from '../support/broken.ts';
import { aChallenge, aStep } from '../support/challenge.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { aCommand, testDeps } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { buy, moveTo, planSeasons, somePrizes } from '../support/season.ts';
import { aStreak } from '../support/streak.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aShop(deps, { mode: 'TEST' });
const at = (instant: string): Promise<void> => moveTo(deps, program, instant);
const [ann = '', bea = ''] = await someCustomers(deps, program, 3);
const purchase = (customerId: string, instant: string) => buy(deps, program, [{ customerId, amount: 10, at: instant }]);

/** A day on which everything happens that the laws are about, and what customers were told of it. */
await at('2026-03-15T08:00:00Z');
await publishSet(deps, program, {
  earningRules: [PURCHASE_RULE],
  badges: [aBadge({ criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['1'] }], points: 5 })],
  streaks: [aStreak()],
  challenges: [
    aChallenge({ repeat: 'ON_COMPLETION', steps: [aStep('buy', '2')] }),
    aChallenge({ code: 'patient', steps: [aStep('buy', '2')], prize: { points: 70, claimDays: 9 } }),
    aChallenge({
      code: 'together',
      goal: 'COMMUNITY',
      steps: [aStep('buy', '3')],
      prize: { points: 40, bystanderPoints: 4 },
    }),
  ],
});
await aLeaderboard(deps, program);
const daily = await aLeaderboard(deps, program, { period: 'DAY' });
await planSeasons(deps, program, daily, { graceMinutes: 0, prizes: somePrizes([30, 20]), currentToo: true });
await purchase(ann, '2026-03-15T08:00:00Z');
await at('2026-03-15T09:00:00Z');
await purchase(ann, '2026-03-15T09:00:00Z');
await at('2026-03-15T10:00:00Z');
const [undone = ''] = await purchase(bea, '2026-03-15T10:00:00Z');
await settleChallenges(deps);
await at('2026-03-15T11:00:00Z');
const whole = {
  activityId: undone,
  messageId: null,
  request: { kind: 'WHOLE' as const },
  reason: null,
  occurredAt: null,
};
await reverseActivity(deps, program.scope, aCommand('activityReverse', whole), whole);
await purchase(bea, '2026-03-15T11:00:00Z');
await at('2026-03-16T08:00:00Z');
await purchase(ann, '2026-03-16T08:00:00Z');
const [waiting] = await deps.reads.query<{ id: string }>("select id from challenge_prize where state = 'CLAIMABLE'");
const claim = { prizeId: waiting?.id ?? null, ownerId: ann };
await claimChallengePrize(deps, program.scope, aCommand('challengePrizeClaim', claim), claim);
await at('2026-03-16T09:00:00Z');
for (const instant of ['2026-03-16T09:00:00Z', '2026-03-16T10:00:00Z']) {
  await at(instant);
  await purchase(bea, instant);
}
const teller = createCustomerTeller(deps.reads);
for (let rows = await teller.next(100); rows.length > 0; rows = await teller.next(100)) {
  await teller.tell(rows);
  await deleteOutbox(deps.reads, rows);
}

/** A change of the rows, made where the database allows it, and the laws that it breaks. */
type Break = [what: string, statement: string, broken: string[]];

const CHALLENGES: Break[] = [
  ['what a step came to', 'update challenge_step set amount = amount + 1', ['challenge-steps-are-counted']],
  ['a step that is missing', 'delete from challenge_step', ['challenge-steps-are-counted']],
  [
    'a contribution',
    'update challenge_contribution set activities = activities + 9',
    ['challenge-contributions-are-counted'],
  ],
  [
    'who completed a shared goal',
    "update challenge_run set completed_by = gen_random_uuid() where state = 'COMPLETED' and goal = 'COMMUNITY'",
    ['challenge-runs-are-completed-by-activities'],
  ],
  [
    'the number of a run',
    'update challenge_run set number = number + 7 where number = 2',
    ['challenge-runs-follow-each-other'],
  ],
  [
    'a state',
    `update challenge_run set state = 'RUNNING', completed_at = null where goal = 'COMMUNITY'`,
    ['challenge-prizes-are-paid-once'],
  ],
  [
    'the points of a prize',
    'update challenge_prize set points = points + 1 where transaction_id is not null',
    ['challenge-prizes-are-paid-once'],
  ],
  [
    'the transaction of a prize',
    `update challenge_prize set transaction_id = (select transaction_id from challenge_prize where role = 'BYSTANDER' limit 1)
     where role = 'CONTRIBUTOR'`,
    ['challenge-payments-are-prizes', 'challenge-prizes-are-paid-once'],
  ],
  [
    'a prize of a goal that is missing',
    "delete from challenge_prize where role = 'CONTRIBUTOR'",
    ['challenge-payments-are-prizes'],
  ],
  [
    'a prize of one’s own that is missing',
    "delete from challenge_prize where role = 'WINNER'",
    ['challenge-payments-are-prizes', 'challenge-prizes-are-kept'],
  ],
  [
    'a prize that waits',
    "update challenge_prize set state = 'GIVEN', given_at = now() where state = 'CLAIMABLE'",
    ['challenge-prizes-are-paid-once'],
  ],
];

const balances = `select seq from customer_event where customer_id = '${ann}' and events::text like '%balance.changed%'`;
const STREAMS: Break[] = [
  [
    'an event that is told twice',
    'update customer_event set events = (events::jsonb || events::jsonb)::json',
    ['customers-are-told-once'],
  ],
  [
    'an event that nobody told',
    `update customer_event set events = '[]' where seq = (${balances} order by seq offset 1 limit 1)`,
    ['customers-are-told-all', 'inbox-items-were-told'],
  ],
  [
    'the last event',
    `update customer_event set events = '[]' where seq = (${balances} order by seq desc limit 1)`,
    ['customers-are-told-to-the-end'],
  ],
  ['a notice that is missing', 'delete from inbox_item', ['notices-are-in-inboxes']],
  [
    'a notice of nothing',
    `insert into inbox_item (program_id, customer_id, id, kind, about_type, about_id, data, at)
     select program_id, customer_id, gen_random_uuid(), kind, about_type, about_id, data, at from inbox_item limit 1`,
    ['inbox-items-were-told'],
  ],
  [
    'what can be claimed',
    `update inbox_item i set claim_id = p.id from challenge_prize p where i.claim_id is not null and p.customer_id <> i.customer_id`,
    ['inbox-claims-are-own'],
  ],
];

const AWARDS = 'alter table badge_award disable trigger badge_award_append_only;';
const RUNNING = 'season_id in (select id from season where frozen_at is null)';
const OTHERS: Break[] = [
  ['who earned a badge', `${AWARDS} update badge_award set activity_id = gen_random_uuid()`, ['badges-are-effects']],
  ['what a badge gave', `${AWARDS} update badge_award set points = points + 1`, ['badges-paid-once']],
  [
    'who is listed',
    `update leaderboard_entry set is_listed = not is_listed where ${RUNNING}`,
    ['leaderboard-entry-is-listed'],
  ],
  ['a part of a board', `update leaderboard_entry set part = 'x' where ${RUNNING}`, ['leaderboard-entry-part']],
  [
    'a customer in two teams',
    `with made as (
       insert into team (program_id, id, name, captain_id, joining, size_max, created_at, disbanded_at)
       select program_id, gen_random_uuid(), 'x', id, 'OPEN', 5, now(), now() from customer limit 2 returning *
     )
     insert into team_member (program_id, id, team_id, customer_id, from_at, to_at)
     select program_id, gen_random_uuid(), id, '${ann}', now() - interval '1 day', now() from made`,
    ['team-intervals'],
  ],
  [
    'a period of a streak',
    `update streak_period set met = false, met_at = null where customer_id = '${ann}' and name = '2026-03-15'`,
    ['streaks-have-their-periods'],
  ],
  [
    'the last period of a streak',
    `update streak_state set last_met = last_met + 1, length = length + 1, longest = longest + 1 where customer_id = '${ann}'`,
    ['streaks-have-their-periods', 'streaks-know-their-last-period'],
  ],
  ['a prize of a season', 'update season_prize set granted = granted + 1', ['prizes-are-paid-once']],
  ['a sealed row', 'delete from season_standing where position = 1', ['sealed-rows-are-whole']],
  [
    'a season that nobody moved on',
    "update season set next_at = '2026-01-01', created_at = '2026-01-01' where frozen_at is null and next_at is not null",
    ['seasons-are-moved-on'],
  ],
];

describe('the invariants', () => {
  test('hold on a record with challenges, boards, badges, streaks, seasons and inboxes', async () => {
    expect(await checkInvariants(deps.reads)).toEqual([]);
    const [counts] = await deps.reads.query<Record<string, number>>(
      `select count(*) filter (where role = 'WINNER') as own, count(*) filter (where role <> 'WINNER') as shared,
        (select count(*) from inbox_item where claim_id is not null) as claims, (select count(*) from badge_award) as badges,
        (select count(*) from season_prize where state = 'GIVEN') as paid
       from challenge_prize`,
    );
    expect(counts).toEqual({ own: 4, shared: 3, claims: 2, badges: 2, paid: 2 });
  });

  test.each([...CHALLENGES, ...STREAMS, ...OTHERS])('notice a change of %s', async (_what, statement, broken) => {
    expect(await brokenBy(deps, program.programId, statement)).toEqual(broken.toSorted());
  });

  test('are each seen to fail, those of challenges, of what is told and of badges', () => {
    const seen = new Set([...CHALLENGES, ...STREAMS, ...OTHERS].flatMap(([, , broken]) => broken));
    const names = [...CHALLENGE_CHECKS, ...STREAM_CHECKS, ...BADGE_CHECKS].map(({ name }) => name);
    expect(names.filter((name) => !seen.has(name))).toEqual([]);
  });
});
