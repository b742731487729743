import type { RewardKind } from '../gql/operations.ts';

const GIFT = 'M4 9h16v4H4zM6 13v8h12v-8M12 9v12M12 9C9 9 7 7 8 5s4 0 4 4c0-4 3-6 4-4s-1 4-4 4';

/** One line drawing a kind, 24 by 24. */
const ICONS: Readonly<Record<RewardKind, string>> = {
  CODE_POOL: 'M4 6h16v4a2 2 0 0 0 0 4v4H4v-4a2 2 0 0 0 0-4zM14 6v12',
  GENERATED_CODE: 'M12 4h8v8l-9 9-8-8zM16 8h0',
  DISCOUNT: 'M6 18 18 6M7.500 7.500h0M16.500 16.500h0',
  ACCOUNT_CREDIT: 'M3 6h18v12H3zM3 10h18M7 15h4',
  FEATURE_UNLOCK: 'M5 11h14v9H5zM8 11V8a4 4 0 0 1 8 0',
  GIFT,
  DONATION: 'M12 20C4 14 3 10 5 7s6-1 7 2c1-3 5-5 7-2s1 7-7 13z',
  EXPERIENCE: 'M12 3l2.600 6 6.400.5-5 4 1.600 6.500-5.600-3.500L6.400 20 8 13.500l-5-4 6.400-.5z',
};

/** The drawing of a kind; that of a gift for kinds that a later Laurel may bring. */
export function iconOf(kind: RewardKind): string {
  return ICONS[kind] ?? GIFT;
}
