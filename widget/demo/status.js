// Where the customer stands: tier, level, and what may come next.
import { at, createRefresh, day, dayBefore, element, number, points } from './page.js';

const STATUS = `query Status {
  me {
    tiers {
      ladder { code name }
      tier { code name benefits { code name } }
      unit progress periodUntil toStay reviewAt
      toNext { tier { code name threshold } missing }
    }
    level { number points toNext level { name } next { name points } }
    nextSteps(first: 20) { kind code name missing unit }
  }
}`;
/** Tells of changed tiers alone; progress within one is read when points or activities change. */
const CHANGED = 'subscription Tiers { tierChanged { isSnapshot tiers { ladder { code } tier { code name } } } }';

const STEPS = 3;

let account = null;
let refresh = async () => {};

/** Shows tiers, level and next steps, and says when a tier changes. */
export function followStatus(given) {
  account = given;
  at('status').hidden = true;
  at('tier-news').textContent = '';
  refresh = createRefresh(async () => {
    const { me } = await given.client.request(STATUS, {});
    if (given === account && me !== null) draw(me);
  });
  given.client.subscribe({
    operation: CHANGED,
    variables: () => ({}),
    onItem({ tierChanged: { isSnapshot, tiers } }) {
      if (given !== account) return;
      refreshStatus();
      if (isSnapshot) return;
      at('tier-news').textContent = tiers
        .map(({ tier }) => (tier === null ? 'Your tier has ended.' : `You are ${tier.name} now.`))
        .join(' ');
    },
    onFailure: ({ message }) => given.showProblem(message),
  });
}

/** Reads again how far it is. */
export function refreshStatus() {
  void refresh();
}

function draw({ tiers, level, nextSteps }) {
  at('status').hidden = tiers.length === 0 && level === null;
  at('ladders').replaceChildren(...tiers.map(ladder));
  at('level').replaceChildren(...(level === null ? [] : levelLines(level)));
  // What can be had already is in the catalogue.
  const ahead = nextSteps.filter(({ missing }) => Number(missing) > 0).slice(0, STEPS);
  at('steps').replaceChildren(...ahead.map(step));
  at('steps-title').hidden = ahead.length === 0;
}

function ladder({ ladder: { code, name }, tier, unit, progress, periodUntil, toNext, toStay, reviewAt }) {
  const amount = (value) => (unit === 'points' ? points(value) : `${number(value)} ${unit}`);
  const title = element(
    'p',
    'tier',
    element('strong', 'tier-name', tier?.name ?? 'No tier yet'),
    element('span', '', name),
  );
  const item = element('div', 'ladder', title);
  item.dataset.ladder = code;
  item.dataset.tier = tier?.code ?? '';
  if (toNext !== null) {
    const until = periodUntil === null ? '' : ` until ${dayBefore(periodUntil)}`;
    const words = `${amount(toNext.missing)} to ${toNext.tier.name}${until}`;
    item.append(bar(Number(progress), Number(toNext.tier.threshold), words), element('p', 'way-words', words));
  }
  if (toStay !== null) {
    const kept = Number(toStay) === 0;
    const by = reviewAt === null ? '' : ` beyond ${day(reviewAt)}`;
    item.append(
      element('p', 'way-words', `${kept ? 'Enough' : `${amount(toStay)} more`} to stay ${tier?.name ?? ''}${by}`),
    );
  }
  const benefits = tier?.benefits ?? [];
  if (benefits.length > 0)
    item.append(element('ul', 'benefits', ...benefits.map((benefit) => element('li', '', benefit.name))));
  return item;
}

function levelLines({ number: place, level, points: earned, next, toNext }) {
  const title = element(
    'p',
    'tier',
    element('strong', '', `Level ${place}${level === null ? '' : `: ${level.name}`}`),
    element('span', '', `${points(earned)} in all`),
  );
  if (next === null) return [title];
  const words = `${points(toNext)} to ${next.name}`;
  return [title, bar(earned, next.points, words), element('p', 'way-words', words)];
}

function bar(value, max, words) {
  const made = element('progress', '');
  made.max = max;
  made.value = value;
  made.ariaLabel = words;
  return made;
}

const KINDS = {
  TIER: 'tier',
  LEVEL: 'level',
  MILESTONE: 'milestone',
  CHALLENGE: 'challenge',
  BADGE: 'badge',
  STREAK: 'streak',
  REWARD: 'reward',
};

const ONE = { activities: 'activity', days: 'day', periods: 'period', steps: 'step', tiers: 'tier', badges: 'badge' };

function step({ kind, name, missing, unit }) {
  const units = Number(missing) === 1 ? (ONE[unit] ?? unit) : unit;
  const amount = unit === 'points' ? points(missing) : `${number(missing)} ${units}`;
  return element(
    'li',
    '',
    element('span', 'step-kind', KINDS[kind] ?? ''),
    element('span', 'name', name),
    element('span', 'missing', `${amount} to go`),
  );
}
