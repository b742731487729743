// What the customer does, and what it caused.
import { at, element, points } from './page.js';

const EFFECTS = `subscription Effects($after: String) {
  activityEffects(after: $after) {
    cursor isReversal
    activity {
      id occurredAt type { name }
      effects {
        kind: __typename
        ... on PointsEarned { points ruleName cappedBy }
        ... on PointsReleased { points }
        ... on TierReached { name ladderName }
        ... on LevelReached { to name }
        ... on MilestoneReached { name points }
        ... on BadgeAwarded { name }
        ... on ChallengeProgressed { name isCompleted }
        ... on StreakExtended { streakName length }
      }
    }
  }
}`;
const TRACK = `mutation Track($input: ActivityTrackInput!) {
  activityTrack(input: $input) {
    __typename
    ... on ActivityTrackPayload { effects { __typename } }
    ... on UserError { message }
  }
}`;
const SHOWN = 6;

/** By the kind of effect; kinds that this page does not know yet are left out. */
const SAYINGS = {
  PointsEarned: ({ points: earned, ruleName, cappedBy }) =>
    `+${points(earned)}: ${ruleName}${cappedBy ? ' (cap reached)' : ''}`,
  PointsReleased: ({ points: released }) => `${points(released)} released`,
  TierReached: ({ name, ladderName }) => `You are ${name} now: ${ladderName}`,
  LevelReached: ({ to, name }) => `Level ${to}: ${name}`,
  MilestoneReached: ({ name, points: earned }) => `+${points(earned)}: ${name}`,
  BadgeAwarded: ({ name }) => `A badge: ${name}`,
  ChallengeProgressed: ({ name, isCompleted }) => (isCompleted ? `Completed: ${name}` : `A step further: ${name}`),
  StreakExtended: ({ streakName, length }) => `${streakName}: ${length} in a row`,
};

let account = null;

for (const button of at('actions').children) button.addEventListener('click', () => void track(button));

/** Lists what activities cause as they are recorded, and tells `onActivity`. */
export function followActivities(given) {
  account = given;
  at('effects').replaceChildren();
  at('no-effects').hidden = false;
  let cursor = null;
  given.client.subscribe({
    operation: EFFECTS,
    variables: () => ({ after: cursor }),
    onItem({ activityEffects }) {
      cursor = activityEffects.cursor;
      // The first item only says from where on is told.
      if (activityEffects.activity === null || given !== account) return;
      show(activityEffects);
      given.onActivity();
    },
    onFailure: ({ message }) => given.showProblem(message),
  });
}

function show({ activity, isReversal }) {
  at('no-effects').hidden = true;
  const said = activity.effects.map((effect) => SAYINGS[effect.kind]?.(effect)).filter(Boolean);
  const time = element(
    'time',
    '',
    `${activity.type.name}, ${new Date(activity.occurredAt).toLocaleTimeString()}${isReversal ? ', undone' : ''}`,
  );
  time.dateTime = activity.occurredAt;
  if (said.length === 0) said.push('No points this time: a cap is reached.');
  at('effects').prepend(element('li', '', ...said.map((line) => element('span', 'said', line)), time));
  while (at('effects').children.length > SHOWN) at('effects').lastChild.remove();
}

/** Tracks one activity. The key is made once a press, so that a repeated request cannot count twice. */
async function track(button) {
  const { client, showProblem } = account;
  button.disabled = true;
  showProblem('');
  try {
    const properties = button.dataset.type === 'review_written' ? { stars: 5 } : {};
    const input = { idempotencyKey: crypto.randomUUID(), type: button.dataset.type, channel: 'WEB', properties };
    const { activityTrack } = await client.request(TRACK, { input });
    if (activityTrack.message) showProblem(activityTrack.message);
  } catch (error) {
    showProblem(error.message);
  } finally {
    button.disabled = false;
    // A disabled button loses the keyboard's place.
    if (document.activeElement === document.body) button.focus();
  }
}
