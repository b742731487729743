import type { Command } from 'commander';
import { z } from 'zod';

import { restoreStreak } from '#app/streak/change.ts';
import { readCustomerStreaks, type StreakNow } from '#app/streak/read.ts';
import { publicId } from '#domain/ids.ts';
import { runJudgeStreaks } from '#src/jobs/judge-streaks.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup } from './command.ts';
import { findCustomerId } from './customer.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const program = z.string().optional();

/** laurel streak list, restore, judge */
export function addStreak(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'streak', 'streaks of customers');
  addCommand(cli, group, {
    usage: 'list <customer>',
    description: 'show where a customer stands with each streak',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, [wanted = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const streaks = ((await readCustomerStreaks(deps, programId, [customerId])).get(customerId) ?? []).map(shown);
      return {
        json: { customerId: publicId('Customer', customerId), streaks },
        text: formatTable(
          ['STREAK', 'STATE', 'CURRENT', 'LONGEST', 'FREEZES', 'DEADLINE', 'ZONE'],
          streaks.map((streak) => Object.values(streak)),
        ),
      };
    },
  });
  addCommand(cli, group, {
    usage: 'restore <customer> <streak>',
    description: 'take the last break of a streak back, within the days that it allows',
    configure: (command) => programOption(command).option('--reason <reason>', 'why, for the history'),
    options: z.object({ program, reason: z.string().default('Command line') }),
    run: async (running, [wanted = '', streak = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const { reason } = options;
      const input = { customer: { id: customerId, externalId: null }, streak, reason, byCustomer: false };
      await restoreStreak(deps, { programId, actor: ACTOR }, newCommand('streakRestore', input), input);
      return { json: { customerId: publicId('Customer', customerId), streak }, text: `${streak} was restored.` };
    },
  });
  addCommand(cli, group, {
    usage: 'judge',
    description: 'do what is due on streaks in all programs now (the worker does it by itself)',
    configure: (command) => command,
    options: z.object({}),
    run: async (running) => {
      const judged = await runJudgeStreaks(running.deps());
      return { json: { judged }, text: `${judged} customers were looked at.` };
    },
  });
}

function shown({ book, standing }: StreakNow) {
  return {
    streak: book.compiled.streak.code,
    state: standing.state,
    current: String(book.run.length),
    longest: String(book.run.longest),
    freezes: String(book.run.freezes),
    deadline: standing.pending?.deadline.toISOString() ?? '-',
    zone: book.clock.zone,
  };
}
