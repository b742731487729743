import { LaurelBadges } from './badges.ts';
import { LaurelBalance } from './balance.ts';
import { LaurelChallenges } from './challenges.ts';
import { LaurelLeaderboard } from './leaderboard.ts';
import { connectByScript } from './page-client.ts';
import { LaurelRewards } from './rewards.ts';
import { LaurelStreaks } from './streaks.ts';

/** Every element by its tag. */
export const ELEMENTS = {
  'laurel-badges': LaurelBadges,
  'laurel-balance': LaurelBalance,
  'laurel-challenges': LaurelChallenges,
  'laurel-leaderboard': LaurelLeaderboard,
  'laurel-rewards': LaurelRewards,
  'laurel-streaks': LaurelStreaks,
} as const;

/** Registers the elements where there is a page; those that are registered stay as they are. */
export function defineElements(): void {
  const registry = globalThis.customElements as CustomElementRegistry | undefined;
  if (registry === undefined) return;
  const script = document.currentScript;
  if (script instanceof HTMLScriptElement && script.src !== '') connectByScript(script);
  for (const [tag, element] of Object.entries(ELEMENTS)) if (!registry.get(tag)) registry.define(tag, element);
}
