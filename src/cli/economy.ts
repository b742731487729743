import type { Command } from 'commander';
import { z } from 'zod';

import { readEconomy, redeemedOfIssued } from '#app/economy/read-economy.ts';
import { readLiability, type Liability } from '#app/economy/read-liability.ts';
import { closingOf, issuedNet, redeemedNet, type EconomyDay, type Flows } from '#domain/economy/roll-forward.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { addDays, localDay } from '#domain/time.ts';
import type { Deps } from '#src/deps.ts';

import type { Cli } from './cli.ts';
import { addCommand, UsageError } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const day = z.iso.date({ error: 'must be a day such as 2026-11-22' });
const basis = z.enum(['recorded', 'effective'], { error: 'must be recorded or effective' });
const shared = { program: z.string().optional(), currency: z.string().optional() };

const EconomyOptions = z.object({ ...shared, from: day, to: day.optional(), basis: basis.default('recorded') });
const LiabilityOptions = z.object({
  ...shared,
  asOf: day.optional(),
  basis: basis.default('recorded'),
  value: z.enum(['cost', 'selling'], { error: 'must be cost or selling' }).default('cost'),
  attribution: z.enum(['totals', 'lots'], { error: 'must be totals or lots' }).default('totals'),
  redemptionRate: z
    .string()
    .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, 'must be a share from 0 to 1')
    .optional(),
});

/** laurel economy, laurel liability */
export function addEconomy(cli: Cli, parent: Command): void {
  addCommand(cli, parent, {
    usage: 'economy',
    description: 'show issued, redeemed, expired and outstanding points by day',
    configure: (command) =>
      subjectOptions(command)
        .requiredOption('--from <day>', 'the first day, in the program’s zone')
        .option('--to <day>', 'the last day, inclusive (default: today)')
        .option('--basis <basis>', 'recorded or effective: the day on which a movement counts', 'recorded'),
    options: EconomyOptions,
    run: (running, _args, options) => showEconomy(running.deps(), options),
  });
  addCommand(cli, parent, {
    usage: 'liability',
    description: 'show what is owed for points at the end of a day, and at other redemption rates',
    configure: (command) =>
      subjectOptions(command)
        .option('--as-of <day>', 'the end of this day, in the program’s zone (default: today)')
        .option('--basis <basis>', 'recorded or effective', 'recorded')
        .option('--value <value>', 'cost or selling: at which value of a point', 'cost')
        .option('--attribution <attribution>', 'totals or lots: against which points redemptions are set', 'totals')
        .option('--redemption-rate <rate>', 'the ultimate redemption rate, 0 to 1 (default: estimated)'),
    options: LiabilityOptions,
    run: (running, _args, options) => showLiability(running.deps(), options),
  });
}

function subjectOptions(command: Command): Command {
  return programOption(command).option('-c, --currency <code>', 'code of a point currency (default: the default one)');
}

type Subject = { catalogue: Catalogue; currencyId: string; today: string };

async function subjectOf(
  deps: Deps,
  options: { program?: string | undefined; currency?: string | undefined },
): Promise<Subject> {
  const { id } = await pickProgram(deps, options.program);
  const catalogue = await deps.catalogues.current(id);
  const { currency: code } = options;
  const currency = code === undefined ? catalogue.defaultCurrency : catalogue.currencyByCode.get(code);
  if (currency === undefined) throw new UsageError(`The program has no point currency ${code}.`);
  const { testClock, timeZone } = catalogue.program;
  return { catalogue, currencyId: currency.id, today: localDay(testClock ?? deps.clock(), timeZone) };
}

const basisOf = (name: z.output<typeof basis>) => (name === 'recorded' ? 'RECORDED' : 'EFFECTIVE');

async function showEconomy(deps: Deps, options: z.output<typeof EconomyOptions>) {
  const { catalogue, currencyId, today } = await subjectOf(deps, options);
  const { days, opening, closing, flows, toDate, closedThrough, partial, members } = await readEconomy(
    deps,
    catalogue,
    {
      currencyId,
      from: options.from,
      to: options.to ?? today,
      basis: basisOf(options.basis),
    },
  );
  const json = {
    timeZone: catalogue.program.timeZone,
    basis: basisOf(options.basis),
    closedThrough,
    partial,
    opening,
    closing,
    flows,
    toDate,
    burnRatio: redeemedOfIssued(flows),
    redemptionRateToDate: redeemedOfIssued(toDate),
    members: await members(),
    days,
  };
  const headings = [
    'DAY',
    'OPENING',
    'ISSUED',
    'REDEEMED',
    'EXPIRED',
    'FORFEITED',
    'ADJUSTED',
    'TRANSFERRED',
    'CLOSING',
  ];
  const moved = days.filter((one) => one.flows.transactions > 0);
  const sum = cells('all', opening.total, flows);
  return { json, text: formatTable(headings, [...moved.map((one) => dayCells(one)), sum]) };
}

const dayCells = (one: EconomyDay) => cells(one.day, one.opening.total, one.flows);

function cells(name: string, opening: number, flows: Flows): (string | number)[] {
  return [
    name,
    opening,
    issuedNet(flows),
    redeemedNet(flows),
    flows.expired,
    flows.forfeited,
    flows.adjustedUp - flows.adjustedDown,
    flows.transferred,
    closingOf(opening, flows),
  ];
}

async function showLiability(deps: Deps, options: z.output<typeof LiabilityOptions>) {
  const { catalogue, currencyId, today } = await subjectOf(deps, options);
  const liability = await readLiability(deps, catalogue, {
    currencyId,
    asOf: options.asOf ?? today,
    basis: basisOf(options.basis),
    value: options.value === 'cost' ? 'COST' : 'SELLING',
    attribution: options.attribution === 'lots' ? 'LOTS' : 'TOTALS',
    redemptionRate: options.redemptionRate ?? null,
    sales: null,
  });
  return { json: liabilityJson(liability), text: liabilityText(liability) };
}

function liabilityJson(liability: Liability) {
  const { wanted, value, points, given, estimate, redemptionRate, expected, amount, provision, sensitivity } =
    liability;
  return {
    asOf: wanted.asOf,
    moneyCurrency: value.moneyCurrency,
    minorPerThousand: value.minorPerThousand,
    points,
    given,
    estimate: estimate === null ? null : { rate: estimate.rate, low: estimate.low, high: estimate.high },
    redemptionRate,
    expectedRedemptions: expected.round(9).toFixed(),
    amount,
    provision,
    sensitivity,
  };
}

function liabilityText({
  wanted,
  value,
  points,
  given,
  estimate,
  redemptionRate,
  amount,
  provision,
  sensitivity,
}: Liability): string {
  const range =
    estimate === null
      ? ''
      : ` (estimated ${estimate.rate.toFixed(4)}, 95 % ${estimate.low.toFixed(4)} to ${estimate.high.toFixed(4)})`;
  const rows = [...sensitivity, { redemptionRate: `used: ${redemptionRate}`, amount, provision }];
  return [
    `Before ${addDays(wanted.asOf, 1)}: ${points.issued} issued, ${points.redeemed} redeemed, ${points.outstanding} outstanding; ${given.outstanding} given ones left.`,
    `1,000 points are ${value.minorPerThousand} minor units of ${value.moneyCurrency}. Redemption rate ${redemptionRate}${range}.`,
    '',
    formatTable(
      ['RATE', 'LIABILITY', 'PROVISION'],
      rows.map((row) => [row.redemptionRate, row.amount, row.provision]),
    ),
  ].join('\n');
}
