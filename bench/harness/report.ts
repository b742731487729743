// The outcome of a run as Markdown, for the terminal and for bench/RESULTS.md.
import { figure, stackCpuUs, type GoalReport, type GoalResult } from './goal.ts';
import type { ProfileTable } from './profile.ts';
import type { Outcome } from './turns.ts';

/** The whole file: conditions, one table of what was wanted, and the figures of each goal. */
export function renderReport(
  conditions: readonly (readonly [string, string])[],
  reports: readonly GoalReport[],
): string {
  return [
    '# Benchmark results',
    '',
    'Written by `npm run bench`; do not edit. Figures of one table come from one run in which the targets took turns.',
    'Read the ratios: absolute figures belong to the machine. CPU is user and system time in microseconds per unit of',
    'work, as the kernel counted it; "against the limit" divides by the first row.',
    '',
    ...conditions.map(([name, value]) => `- **${name}:** ${value}`),
    '',
    '## What is wanted, and what was measured',
    '',
    ...renderClaims(reports),
    '',
    ...reports.flatMap(renderGoal),
  ].join('\n');
}

function renderClaims(reports: readonly GoalReport[]): string[] {
  const rows = reports.flatMap(({ goal, result, failure }) =>
    result === undefined
      ? [[goal.title, 'did not run', '', failure ?? '', 'no']]
      : result.claims.map((claim) => [
          goal.title,
          claim.text,
          claim.wanted,
          claim.measured,
          claim.met ? 'yes' : '**no**',
        ]),
  );
  return table(['Work', 'Claim', 'Wanted', 'Measured', 'Met'], rows);
}

/** The part of one goal. */
export function renderGoal(report: GoalReport): string[] {
  const { goal, result, failure } = report;
  if (result === undefined) return [`## ${goal.title}`, '', `Did not run: ${failure ?? 'no reason given'}`, ''];
  return [
    `## ${goal.title}`,
    '',
    result.asked,
    '',
    ...(result.outcomes.length === 0 ? [] : [...renderOutcomes(result), '']),
    ...result.claims.map(
      ({ text, wanted, measured, met }) => `- ${met ? 'met' : '**not met**'}: ${text}: ${measured} (wanted ${wanted})`,
    ),
    ...result.notes.map((note) => `- ${note}`),
    '',
    ...(result.profile === undefined ? [] : renderProfile(result.profile)),
  ];
}

function renderOutcomes({ unit, outcomes }: GoalResult): string[] {
  const limit = outcomes[0];
  const rows = outcomes.map((outcome) => [
    outcome.kind === 'laurel' ? `**${outcome.name}**` : outcome.name,
    Math.round(outcome.perSecond).toLocaleString('en-GB'),
    ratio(outcome, limit, ({ perSecond }) => perSecond),
    figure(outcome.cpuUs.server),
    figure(outcome.cpuUs.postgres),
    figure(outcome.cpuUs.redis),
    ratio(outcome, limit, stackCpuUs),
    `${figure(outcome.p50Ms)} / ${figure(outcome.p99Ms)}`,
    `${figure(outcome.cpuUs.generator)} (${Math.round(outcome.generatorShare * 100)} %)`,
  ]);
  return table(
    [
      'Target',
      `${unit}/s`,
      'against the limit',
      'server CPU µs',
      'PostgreSQL µs',
      'Redis µs',
      'all three against the limit',
      'p50 / p99 ms',
      'load generator µs (its core)',
    ],
    rows,
  );
}

function ratio(outcome: Outcome, limit: Outcome | undefined, of: (outcome: Outcome) => number): string {
  return limit === undefined ? '–' : figure(of(outcome) / of(limit));
}

function renderProfile({ packages, functions }: ProfileTable): string[] {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return [
    'Where Laurel spends its time (self time, idle left out):',
    '',
    ...table(
      ['Package', 'Share'],
      packages.map(({ name, share }) => [name, percent(share)]),
    ),
    '',
    ...table(
      ['Function', 'Where', 'Share'],
      functions.map(({ name, place, share }) => [`\`${name}\``, place, percent(share)]),
    ),
    '',
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
