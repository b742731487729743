import { readFile } from 'node:fs/promises';

import type { Command } from 'commander';
import { z } from 'zod';

import { replaceDraft } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import { InvalidInputError, InvalidRuleError } from '#domain/errors.ts';
import type { RuleSetInput } from '#domain/rule-set/content.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';

/** laurel rules publish FILE */
export function addRules(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'rules', 'rule sets of a program');
  addCommand(cli, group, {
    usage: 'publish <file>',
    description: 'put the rule set of a JSON file in place of the draft and make them live as the next revision',
    configure: (command) => programOption(command).option('--note <note>', 'why, for the history'),
    options: z.object({ program: z.string().optional(), note: z.string().optional() }),
    run: async (running, [file = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const content = await readRuleSet(file);
      const scope = { programId, actor: ACTOR };
      try {
        const draft = await replaceDraft(deps, scope, newCommand('draftReplace', content), content);
        const input = { expectedVersion: draft.version, note: options.note ?? null };
        const { revision } = await publishRuleSet(deps, scope, newCommand('rulesPublish', input), input);
        return { json: { revision }, text: `Revision ${revision} is live.` };
      } catch (error) {
        if (!(error instanceof InvalidRuleError)) throw error;
        throw new InvalidInputError(
          error.problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
        );
      }
    },
  });
}

/** A file holds sections (`{"earningRules": […], …}`). */
async function readRuleSet(file: string): Promise<RuleSetInput> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw new InvalidInputError(`There is no file ${file}.`);
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed;
  } catch (error) {
    throw new InvalidInputError(`${file} is no JSON: ${(error as Error).message}`);
  }
  throw new InvalidInputError(`${file} holds no rule set: an object of sections such as earningRules.`);
}
