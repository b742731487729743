import { describe, expect, test } from 'vitest';

import { estimateRate, type Cohort } from '#domain/economy/redemption-rate.ts';

/** The triangle of Taylor and Ashe (1983), on which Mack (1993) printed reserve and standard error. */
const TAYLOR_ASHE = [
  [357_848, 766_940, 610_542, 482_940, 527_326, 574_398, 146_342, 139_950, 227_229, 67_948],
  [352_118, 884_021, 933_894, 1_183_289, 445_745, 320_996, 527_804, 266_172, 425_046],
  [290_507, 1_001_799, 926_219, 1_016_654, 750_816, 146_923, 495_992, 280_405],
  [310_608, 1_108_250, 776_189, 1_562_400, 272_482, 352_053, 206_286],
  [443_160, 693_190, 991_983, 769_488, 504_851, 470_639],
  [396_132, 937_085, 847_498, 805_037, 705_960],
  [440_832, 847_631, 1_131_398, 1_063_269],
  [359_480, 1_061_648, 1_443_370],
  [376_686, 986_608],
  [344_014],
];

const cohort = (redeemed: readonly number[], issued: number, lapsed = 0): Cohort => ({
  month: '2026-01',
  issued,
  lapsed,
  redeemed,
});

describe('the estimate of the ultimate redemption rate', () => {
  test('gives the reserve and the standard error that Mack printed for the triangle of Taylor and Ashe', () => {
    const estimate = estimateRate(TAYLOR_ASHE.map((row) => cohort(row, 20_000_000)));
    expect(Math.round(estimate?.reserve ?? 0)).toBe(18_680_856);
    expect(Math.round((estimate?.standardError ?? 0) / 100)).toBe(24_471);
  });

  test('finds the share that a steady programme redeems, whatever its cohorts weigh', () => {
    const shares = [0.1, 0.2, 0.15, 0.05];
    const sizes = [1_000, 3_000, 500, 2_000, 8_000];
    const cohorts = sizes.map((issued, index) =>
      cohort(
        shares.slice(0, 5 - index).map((share) => share * issued),
        issued,
      ),
    );
    const estimate = estimateRate(cohorts);
    expect(estimate?.rate).toBeCloseTo(0.5, 10);
    expect(estimate?.low).toBeCloseTo(0.5, 6);
    expect(estimate?.high).toBeCloseTo(0.5, 6);
  });

  test('never promises points that have lapsed, nor fewer than were redeemed', () => {
    const cohorts = [cohort([10, 40, 40], 100), cohort([10, 40], 100, 45), cohort([30], 100, 80)];
    const estimate = estimateRate(cohorts);
    expect(estimate?.ultimates).toEqual([90, 55, 30]);
    expect(estimate?.low).toBeGreaterThanOrEqual(170 / 300);
    expect(estimate?.high).toBeLessThanOrEqual(185 / 300);
  });

  test('is none where there is nothing to learn from', () => {
    expect(estimateRate([])).toBeNull();
    expect(estimateRate([cohort([1, 2], 10), cohort([1], 10)])).toBeNull();
    expect(estimateRate([cohort([0, 0, 0], 10), cohort([0, 0], 10), cohort([0], 10)])).toBeNull();
  });
});
