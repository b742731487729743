import type { Command } from 'commander';
import { z } from 'zod';

import { simulateActivity, type Simulated } from '#app/activity/simulate.ts';
import type { Effect } from '#domain/activity/effect.ts';

import { ACTOR } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, UsageError } from './command.ts';
import { findCustomerId } from './customer.ts';
import { instant } from './instant.ts';
import { pickProgram, programOption } from './pick-program.ts';

const Options = z.object({
  program: z.string().optional(),
  customer: z.string(),
  properties: z.string().default('{}'),
  at: instant,
  draft: z.boolean().default(false),
  revision: z.coerce.number().int().positive().optional(),
});

/** laurel simulate TYPE */
export function addSimulate(cli: Cli, parent: Command): void {
  addCommand(cli, parent, {
    usage: 'simulate <type>',
    description: 'tell what an activity would cause, by live rules, the draft or a revision; it leaves no trace',
    configure: (command) =>
      programOption(command)
        .requiredOption('-c, --customer <customer>', 'id or external id of the customer')
        .option('--properties <json>', 'the activity’s properties as a JSON object')
        .option('--at <instant>', 'when it is decided, such as 2026-12-24T00:00:00Z; now without it')
        .option('--draft', 'by the draft instead of the live rules')
        .option('--revision <number>', 'by this revision instead of the live one'),
    options: Options,
    run: async (running, [type = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, options.customer);
      const simulated = await simulateActivity(
        deps,
        { programId, actor: ACTOR },
        {
          report: {
            type,
            customerId,
            customerExternalId: null,
            messageId: null,
            occurredAt: null,
            channel: 'API',
            properties: propertiesOf(options.properties),
            lines: [],
          },
          hypothetical: null,
          at: options.at,
          against: options.revision ?? (options.draft ? 'DRAFT' : 'LIVE'),
          locale: null,
        },
      );
      return { json: simulated, text: textOf(simulated) };
    },
  });
}

function propertiesOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // Told below, as any other text that is no object.
  }
  throw new UsageError('--properties is a JSON object, such as {"amount": "29.90"}.');
}

function textOf({ revision, effects, declines }: Simulated): string {
  const lines = [
    revision === null ? 'By the draft:' : `By revision ${revision}:`,
    ...effects.map((effect) => `  ${describe(effect)}`),
    ...declines.map(({ ruleCode, reason, detail, seen, needed }) => {
      const values = seen.map(({ fact, value }) => `${fact} = ${value ?? 'absent'}`).join(', ');
      const compared = needed === null ? '' : `; saw ${values}, needs ${needed}`;
      return `  ${ruleCode} gives nothing: ${reason} ${detail}${compared}`;
    }),
  ];
  return effects.length + declines.length === 0 ? `${lines[0]} nothing.` : lines.join('\n');
}

function describe(effect: Effect): string {
  switch (effect.kind) {
    case 'POINTS_EARNED':
      return `${effect.ruleCode} gives ${effect.points} points${effect.cappedBy === null ? '' : ` (cut from ${effect.uncapped} by ${effect.cappedBy})`}`;
    case 'POINTS_RELEASED':
      return `${effect.points} points are released`;
    case 'TIER_CHANGED':
      return `reaches ${effect.to} on ${effect.ladderCode}`;
    case 'MILESTONE_REACHED':
      return `reaches ${effect.threshold} of ${effect.milestoneCode}, which gives ${effect.points} points`;
    case 'LEVEL_REACHED':
      return `reaches level ${effect.code}`;
    case 'STREAK_EXTENDED':
      return `extends ${effect.streakCode} to ${effect.current}`;
    case 'CHALLENGE_PROGRESSED':
      return `${effect.isCompleted ? 'completes' : 'comes further in'} ${effect.challengeCode}`;
    case 'DUEL_SCORED':
      return `scores ${effect.score} in ${effect.duelCode}`;
    case 'BADGE_AWARDED':
      return `is awarded ${effect.badgeCode}`;
    case 'BOARD_COUNTED':
      return `counts on ${effect.leaderboardCode}`;
    case 'SCORE_REFUSED':
      return `does not count on ${effect.leaderboardCode}: ${effect.reason}`;
  }
}
