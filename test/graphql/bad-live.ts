// What callers can get wrong of teams, friends, boards, seasons, leagues, badges, streaks, challenges and inboxes.
import { randomUUID } from 'node:crypto';

import { publicId } from '#domain/ids.ts';

import {
  BAD_INPUT,
  change,
  error,
  INVALID,
  MISSING,
  OF_ALL_NAMES_THE_LONGEST,
  refused,
  type Answer,
  type BadRequest,
  type Who,
} from './bad-request.ts';
import type { Furnished } from './furnished.ts';

type Row = [name: string, over: object, answer: Answer, as?: Who];

/** Rows of one mutation, each with one thing wrong of an input that is right otherwise. */
function rowsOf(mutation: string, right: object, rows: readonly Row[]): BadRequest[] {
  return rows.map(([name, over, answer, as]) =>
    change(`${mutation} with ${name}`, mutation, { ...right, ...over }, answer, as),
  );
}

const CONFLICT = 'STATE_CONFLICT';
const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));

export function badLive(mine: Furnished): BadRequest[] {
  return [
    ...badTeams(mine),
    ...badBoards(),
    ...badSeasons(mine),
    ...badBadges(mine),
    ...badStreaks(mine),
    ...badChallenges(mine),
    ...badInboxes(mine),
  ];
}

function badTeams({ ids }: Furnished): BadRequest[] {
  const team = { captainId: ids.Customer, name: 'Us', joining: 'OPEN', sizeMax: 5 };
  const own = { id: ids.Team };
  const friend = { customerId: ids.Customer };
  return [
    ...rowsOf('teamCreate', team, [
      ['no name', { name: '' }, refused(INVALID, 'name')],
      ['a name of 10 kB', { name: OF_ALL_NAMES_THE_LONGEST }, refused(INVALID, 'name')],
      ['a number for a name', { name: 7 }, BAD_INPUT],
      ['room for none', { sizeMax: 0 }, refused(INVALID, 'sizeMax')],
      ['room for too many', { sizeMax: 2_000_000_000 }, refused(INVALID, 'sizeMax')],
      ['room for half a one', { sizeMax: 2.5 }, BAD_INPUT],
      ['an unknown way to join', { joining: 'MAYBE' }, BAD_INPUT],
      ['a captain who is none', { captainId: 'x' }, refused(MISSING, 'captainId')],
      ['a captain in a team', {}, refused(CONFLICT, 'captainId')],
      ['a captain who is somebody else', {}, error('FORBIDDEN'), 'publishable'],
    ]),
    ...rowsOf('teamUpdate', own, [
      ['less room than members', { sizeMax: 0 }, refused(INVALID, 'sizeMax')],
      ['a captain who is no member', { captainId: 'x' }, refused(MISSING, 'captainId')],
      ['no name', { name: '  ' }, refused(INVALID, 'name')],
    ]),
    ...rowsOf('friendRequest', friend, [
      ['oneself', { friendId: ids.Customer }, refused(INVALID, 'friendId')],
      ['nobody', { friendId: 'x' }, refused(MISSING, 'friendId')],
      ['null', { friendId: null }, BAD_INPUT],
    ]),
    ...rowsOf('friendAccept', friend, [['who never asked', { friendId: ids.Customer }, refused(CONFLICT, 'friendId')]]),
    ...rowsOf('boardAppearanceSet', { customerId: ids.Customer, appearance: 'ALIAS' }, [
      ['no alias', {}, refused(INVALID, 'alias')],
      ['an alias of blanks', { alias: ' ' }, refused(INVALID, 'alias')],
      ['an alias of 10 kB', { alias: OF_ALL_NAMES_THE_LONGEST }, refused(INVALID, 'alias')],
      ['an alias with NUL in it', { alias: 'a\0b' }, refused(INVALID, 'alias')],
      ['an unknown appearance', { appearance: 'GHOST' }, BAD_INPUT],
    ]),
  ];
}

function badBoards(): BadRequest[] {
  const board = { code: 'fresh', name: 'Fresh', metric: 'POINTS_EARNED', period: 'MONTH', isPublic: true };
  const sum = { ...board, metric: 'PROPERTY_SUM', activityType: 'purchase', property: 'amount' };
  const zone = { kind: 'COUNT', value: 3 };
  const league = { levels: ['bronze', 'silver'], cohortSize: 20, idleDropMax: 1, promote: zone, relegate: zone };
  const date = (index: number) => ({
    ...{ key: `k${index}`, name: 'x' },
    ...{ startsAt: `2030-01-01T00:00:00Z`, endsAt: '2030-02-01T00:00:00Z' },
  });
  return [
    ...rowsOf('leaderboardCreate', board, [
      ['a schedule that is none', { period: 'CRON', cron: 'every day' }, refused(INVALID, 'cron')],
      ['a schedule every minute', { period: 'CRON', cron: '* * * * *' }, refused(INVALID, 'cron')],
      ['a schedule of 10 kB', { period: 'CRON', cron: OF_ALL_NAMES_THE_LONGEST }, refused(INVALID, 'cron')],
      ['1,001 dates', { period: 'DATES', dates: many(1_001, date) }, refused(INVALID, 'dates')],
      ['dates that overlap', { period: 'DATES', dates: [date(1), date(2)] }, refused(INVALID, 'dates', 'k1')],
      ['an unknown scope', { scope: 'GALAXY' }, BAD_INPUT],
      ['an attribute that nobody has', { scope: 'ATTRIBUTE', scopeKey: '__proto__' }, refused(INVALID, 'scopeKey')],
      ['an audience that is no condition', { audience: 'customer.' }, refused(INVALID, 'audience')],
      ['a league of nobody', { scope: 'LEAGUE' }, refused(INVALID, 'league')],
      [
        'a league of one level',
        { scope: 'LEAGUE', league: { ...league, levels: ['bronze'] } },
        refused(INVALID, 'league', 'levels'),
      ],
      [
        'cohorts of one',
        { scope: 'LEAGUE', league: { ...league, cohortSize: 1 } },
        refused(INVALID, 'league', 'cohortSize'),
      ],
      ['cohorts of half a one', { scope: 'LEAGUE', league: { ...league, cohortSize: 0.5 } }, BAD_INPUT],
      [
        '101 levels',
        { scope: 'LEAGUE', league: { ...league, levels: many(101, String) } },
        refused(INVALID, 'league', 'levels'),
      ],
    ]),
    ...rowsOf('leaderboardCreate', sum, [
      ['no attempt', { attemptsMax: 0 }, refused(INVALID, 'attemptsMax')],
      ['a bound that is no number', { scoreMin: 'NaN' }, BAD_INPUT],
      ['bounds that cross', { scoreMin: '2', scoreMax: '1' }, refused(INVALID, 'scoreMin')],
      ['a sub-score of nothing', { subProperty: 'shoe_size' }, refused(INVALID, 'subProperty')],
      ['a hundred decimals', { scoreDecimals: 100 }, refused(INVALID, 'scoreDecimals')],
    ]),
  ];
}

function badSeasons({ ids, monthlyBoard }: Furnished): BadRequest[] {
  const band = { name: 'First', kind: 'RANK', from: '1', to: '1', points: 5 };
  const plan = (over: object, bandOver: object = {}) => ({
    prizes: { bands: [{ ...band, ...bandOver }], ties: 'SPLIT', ...over },
  });
  return [
    ...rowsOf('seasonPlanSet', { leaderboardId: monthlyBoard, graceMinutes: 60, ...plan({}) }, [
      ['a grace below zero', { graceMinutes: -1 }, refused(INVALID, 'graceMinutes')],
      ['a grace of years', { graceMinutes: 2_000_000_000 }, refused(INVALID, 'graceMinutes')],
      ['half a minute of grace', { graceMinutes: 0.5 }, BAD_INPUT],
      ['no band', plan({ bands: [] }), refused(INVALID, 'prizes', 'bands')],
      [
        '1,001 bands',
        plan({ bands: many(1_001, (index) => ({ ...band, from: `${index + 1}`, to: `${index + 1}` })) }),
        refused(INVALID, 'prizes', 'bands'),
      ],
      ['a band from behind', plan({}, { from: '2', to: '1' }), refused(INVALID, 'prizes', 'bands', '0')],
      ['a band from zero', plan({}, { from: '0' }), refused(INVALID, 'prizes', 'bands', '0')],
      ['a band that is no number', plan({}, { from: 'first' }), BAD_INPUT],
      ['points below zero', plan({}, { points: -5 }), refused(INVALID, 'prizes', 'bands', '0', 'points')],
      ['a reward that is not there', plan({}, { reward: 'pony' }), refused(MISSING, 'reward')],
      ['a badge that is not there', plan({}, { badge: 'pony' }), refused(MISSING, 'prizes', 'badge')],
      ['an unknown law for ties', plan({ ties: 'RANDOM' }), BAD_INPUT],
      ['a currency that is not there', plan({ currency: 'gold' }), refused(MISSING, 'currency')],
      ['no day to claim', plan({ claimDays: 0 }), refused(INVALID, 'prizes', 'claimDays')],
      ['a minimum that is no number', plan({ minimumScore: '1e9' }), BAD_INPUT],
    ]),
    ...rowsOf(
      'seasonSchedule',
      {
        leaderboardId: ids.Leaderboard,
        key: 'k',
        name: 'x',
        startsAt: '2030-01-01T00:00:00Z',
        endsAt: '2030-02-01T00:00:00Z',
      },
      [
        ['a board that has no dates', {}, refused(INVALID, 'leaderboardId')],
        ['a day that is no instant', { startsAt: '2030-01-01' }, BAD_INPUT],
      ],
    ),
    ...rowsOf('prizeClaim', {}, [['a prize that is none', { prizeId: 'x' }, refused(MISSING, 'prizeId')]]),
  ];
}

function badBadges({ ids }: Furnished): BadRequest[] {
  const criterion = { kind: 'COUNT', activityType: 'purchase', targets: ['3'] };
  const badge = (over: object) => ({
    badge: { code: 'fresh', texts: [{ locale: 'en', name: 'Fresh' }], criteria: [criterion], ...over },
  });
  const given = { customerId: ids.Customer, badge: 'regular', reason: 'x' };
  return [
    ...rowsOf('badgeSave', badge({}), [
      ['a code with blanks', badge({ code: 'not a code' }), refused('INVALID_RULE', 'not a code', 'code')],
      ['no text', badge({ texts: [] }), refused('INVALID_RULE', 'fresh', 'texts')],
      ['101 criteria', badge({ criteria: many(101, () => criterion) }), refused('INVALID_RULE', 'fresh', 'criteria')],
      ['an unknown criterion', badge({ criteria: [{ kind: 'LUCK' }] }), BAD_INPUT],
      ['a target that is no number', badge({ criteria: [{ ...criterion, targets: ['many'] }] }), BAD_INPUT],
      ['points below zero', badge({ points: -1 }), refused('INVALID_RULE', 'fresh', 'points')],
      [
        '1,001 levels',
        badge({ levels: many(1_001, (index) => ({ code: `l${index}` })) }),
        refused('INVALID_RULE', 'fresh', 'levels'),
      ],
      [
        'a picture that is no address',
        badge({ imageUrl: 'javascript:alert(1)' }),
        refused('INVALID_RULE', 'fresh', 'imageUrl'),
      ],
      ['a version that is not the draft’s', { expectedVersion: 999 }, refused('STALE_VERSION', 'expectedVersion')],
    ]),
    ...rowsOf('badgeGive', given, [
      ['an unknown badge', { badge: 'pony' }, refused(MISSING, 'badge')],
      ['an unknown level', { level: 'gold' }, refused(MISSING, 'level')],
      ['no reason', { reason: ' ' }, refused(INVALID, 'reason')],
      ['a reason of 10 kB', { reason: OF_ALL_NAMES_THE_LONGEST }, refused(INVALID, 'reason')],
      ['an instant to come', { earnedAt: '2999-01-01T00:00:00Z' }, refused(INVALID, 'earnedAt')],
      ['two customers', { customerExternalId: 'Ann' }, refused(INVALID, 'customerId')],
      ['a customer’s own token', {}, error('FORBIDDEN'), 'customer'],
    ]),
    ...rowsOf('badgeShow', { customerId: ids.Customer, visible: false }, [
      ['a badge that one has not', { badge: 'pony' }, refused(MISSING, 'badge')],
    ]),
  ];
}

function badStreaks({ ids }: Furnished): BadRequest[] {
  const condition = { kind: 'COUNT', activityType: 'purchase' };
  const streak = (over: object) => ({
    streak: { code: 'fresh', name: 'Fresh', cadence: 'DAY', conditions: [condition], ...over },
  });
  const of = { customerId: ids.Customer, streak: 'daily', reason: 'x' };
  return [
    ...rowsOf('streakSave', streak({}), [
      ['no name', streak({ name: '' }), refused('INVALID_RULE', 'fresh', 'name')],
      ['an unknown cadence', streak({ cadence: 'HOUR' }), BAD_INPUT],
      ['no condition', streak({ conditions: [] }), refused('INVALID_RULE', 'fresh', 'conditions')],
      [
        '101 conditions',
        streak({ conditions: many(101, () => condition) }),
        refused('INVALID_RULE', 'fresh', 'conditions'),
      ],
      ['freezes below zero', streak({ freezesMax: -1 }), refused('INVALID_RULE', 'fresh', 'freezes', 'max')],
      ['a grace of years', streak({ graceHours: 99_999 }), refused('INVALID_RULE', 'fresh', 'graceHours')],
    ]),
    ...rowsOf('streakPause', of, [
      ['a day that is none', { until: '2030-02-30' }, BAD_INPUT],
      ['a day long ago', { until: '2020-01-01' }, refused(INVALID, 'until')],
      ['a day far ahead', { until: '2999-01-01' }, refused(INVALID, 'until')],
      ['an unknown streak', { streak: '__proto__', until: '2999-01-01' }, refused(MISSING, 'streak')],
    ]),
    ...rowsOf('streakResume', of, [['nothing paused', {}, refused(CONFLICT)]]),
    ...rowsOf('streakRestore', of, [['nothing lost', {}, refused(CONFLICT)]]),
    ...rowsOf('streakFreezeGive', of, [
      ['none', { count: 0 }, refused(INVALID, 'count')],
      ['too many', { count: 2_000_000_000 }, refused(INVALID, 'count')],
      ['half a one', { count: 0.5 }, BAD_INPUT],
    ]),
  ];
}

function badChallenges({ ids }: Furnished): BadRequest[] {
  const texts = [{ locale: 'en', name: 'Fresh' }];
  const step = { code: 'buy', texts, measure: { kind: 'COUNT', activityType: 'purchase' }, target: '3' };
  const challenge = (over: object) => ({ challenge: { code: 'fresh', texts, steps: [step], ...over } });
  return [
    ...rowsOf('challengeSave', challenge({}), [
      ['a code with blanks', challenge({ code: 'not a code' }), refused('INVALID_RULE', 'not a code', 'code')],
      ['no text', challenge({ texts: [] }), refused('INVALID_RULE', 'fresh', 'texts')],
      ['no step', challenge({ steps: [] }), refused('INVALID_RULE', 'fresh', 'steps')],
      [
        '11 steps',
        challenge({ steps: many(11, (index) => ({ ...step, code: `s${index}` })) }),
        refused('INVALID_RULE', 'fresh', 'steps'),
      ],
      ['a target that is no number', challenge({ steps: [{ ...step, target: 'NaN' }] }), BAD_INPUT],
      ['an unknown goal', challenge({ goal: 'WORLD' }), BAD_INPUT],
      ['no day to do it', challenge({ withinDays: 0 }), refused('INVALID_RULE', 'fresh', 'withinDays')],
      ['one completion', challenge({ completionsMax: 1 }), refused('INVALID_RULE', 'fresh', 'completionsMax')],
      ['points below zero', challenge({ reward: { points: -1 } }), refused('INVALID_RULE', 'fresh', 'prize', 'points')],
      [
        '51 others before',
        challenge({ requires: many(51, (index) => `c${index}`) }),
        refused('INVALID_RULE', 'fresh', 'requires'),
      ],
      ['a zoneless window', challenge({ validFrom: '2030-01-01T00:00:00' }), BAD_INPUT],
    ]),
    ...rowsOf('challengeJoin', { customerId: ids.Customer }, [
      ['an unknown challenge', { challenge: 'constructor' }, refused(MISSING, 'challenge')],
      ['a challenge that nobody joins', { challenge: 'patient' }, refused(CONFLICT, 'challenge')],
    ]),
    ...rowsOf('challengePrizeClaim', {}, [['a prize that is none', { prizeId: 'x' }, refused(MISSING, 'prizeId')]]),
  ];
}

function badInboxes({ ids }: Furnished): BadRequest[] {
  return rowsOf('inboxRead', { customerId: ids.Customer }, [
    ['nothing', {}, refused(INVALID, 'itemIds')],
    ['items and all up to one', { itemIds: ['x'], upTo: 'x' }, refused(INVALID, 'itemIds')],
    ['101 items', { itemIds: many(101, () => publicId('InboxItem', randomUUID())) }, refused(INVALID, 'itemIds')],
    ['an item of nobody', { itemIds: [publicId('InboxItem', randomUUID())] }, refused(MISSING, 'itemIds')],
    ['a number for an item', { itemIds: [7.5] }, BAD_INPUT],
  ]);
}
