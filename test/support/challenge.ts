// Challenges for tests.
import type { ItemInput } from '#domain/rule-set/content.ts';

type Item = ItemInput<'challenges'>;

const named = (name: string) => ({ en: { name } });

/** A step that asks for so many purchases. */
export function aStep(
  code = 'buy',
  target = '3',
  overrides: Partial<Item['steps'][number]> = {},
): Item['steps'][number] {
  return { code, texts: named(code), measure: { kind: 'COUNT', activityType: 'purchase' }, target, ...overrides };
}

/** A personal challenge of three purchases, for 100 points at once. */
export function aChallenge(overrides: Partial<Item> = {}): Item {
  return { code: 'shopper', texts: named('Shopper'), steps: [aStep()], prize: { points: 100 }, ...overrides };
}
