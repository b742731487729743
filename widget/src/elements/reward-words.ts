import type { Redemption, Refusal, Reward } from '../store/rewards.ts';
import { EN } from '../texts/en.ts';
import type { Words } from '../texts/words.ts';

/** The price of this customer: points, and money where it costs some. */
export function priceText(
  { points, money }: { points: number; money: Reward['price']['money'] },
  words: Words,
): string {
  const parts = [points === 0 && money !== null ? '' : points === 0 ? words.text('free') : words.points(points)];
  if (money !== null) parts.push(words.money(money));
  return parts.filter(Boolean).join(' + ');
}

/** Why it cannot be had, in the reader's language; what a later Laurel refuses for is said as the server says it. */
export function refusalText(refusal: Refusal, words: Words): string {
  const { code, message } = refusal;
  if (!(code in EN)) return message;
  switch (refusal.kind) {
    case 'RewardPointsMissing':
      return words.text(code, { n: refusal.missing });
    case 'RewardTierRequired':
      return words.text(code, { tiers: words.list(refusal.tiers) });
    case 'RewardOutOfTime':
      return words.text(code, { from: refusal.from === null ? '' : words.day(refusal.from) }).trim();
    case 'RewardLimitReached': {
      const reason = words.text(code);
      return refusal.until === null ? reason : words.text('againFrom', { reason, day: words.day(refusal.until) });
    }
    case 'RewardStepUpRequired':
      return words.text(`stepUp${refusal.why}`);
    case 'RewardConsentRequired':
    case 'RewardNotInAudience':
    case 'RewardOutOfStock':
    case 'RewardPaymentRequired':
    case 'RewardUnavailable':
      break;
  }
  return words.text(code);
}

/** Where something redeemed stands. */
export function stateText({ state, byHand, expiresAt, money }: Redemption, words: Words): string {
  if (state === 'ISSUED' && byHand) return words.text('issuedByHand');
  if (state === 'ISSUED' && expiresAt !== null) return words.text('issuedUntil', { day: words.day(expiresAt) });
  const text = words.text(state, { time: expiresAt === null ? '' : words.time(expiresAt) });
  return state === 'RESERVED' && money !== null ? `${text}, ${words.money(money)}` : text;
}

/** What redeeming has brought. */
export function newsText({ state, code, byHand, texts: { name } }: Redemption, words: Words): string {
  if (state === 'RESERVED') return words.text('isReserved', { name });
  if (code !== null) return words.text('isYoursCode', { name, code });
  return words.text(byHand ? 'isOnItsWay' : 'isYours', { name });
}
