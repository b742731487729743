import type { Command } from 'commander';
import { z } from 'zod';

import { explainById } from '#app/explanation/explain.ts';
import { NotFoundError } from '#domain/errors.ts';
import type { TraceStep } from '#domain/explanation/trace.ts';

import type { Cli } from './cli.ts';
import { addCommand } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';

/** Whoever has the command line may see everything. */
const OPERATOR = { customerId: null, may: () => true };

/** laurel explain ID */
export function addExplain(cli: Cli, parent: Command): void {
  addCommand(cli, parent, {
    usage: 'explain <id>',
    description: 'tell why a ledger transaction, a balance (lac_…), a tier held or a refused redemption is as it is',
    configure: (command) => programOption(command).option('--locale <locale>', 'language of the text: en or de'),
    options: z.object({ program: z.string().optional(), locale: z.string().optional() }),
    run: async (running, [id = ''], { program, locale }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const explanation = await explainById(deps, programId, id, OPERATOR, locale ?? null);
      if (explanation === null) throw new NotFoundError('thing that can be explained');
      return { json: explanation, text: [explanation.text, ...explanation.trace.map(lineOf)].join('\n') };
    },
  });
}

function lineOf({ kind, text, seen, needed, basis }: TraceStep): string {
  const compared = [seen === null ? null : `saw ${seen}`, needed === null ? null : `needs ${needed}`, basis];
  return `  ${kind.padEnd(9)} ${text} (${compared.filter((part) => part !== null).join('; ')})`;
}
