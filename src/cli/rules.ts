import type { Command } from 'commander';
import { z } from 'zod';

import { cancelRuleSet } from '#app/rule-set/cancel.ts';
import { approveRuleSet, rejectRuleSet } from '#app/rule-set/decide-proposal.ts';
import { replaceDraft } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import type { Released } from '#app/rule-set/release.ts';
import { rollBackRuleSet } from '#app/rule-set/rollback.ts';
import { publicId, uuidOf } from '#domain/ids.ts';

import { ACTOR, newCommand } from './actor.ts';
import { addBacktest } from './backtest.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError, type Answer } from './command.ts';
import { instant } from './instant.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { readRuleSet, saidPlainly } from './rule-file.ts';
import { addRuleHistory } from './rule-history.ts';

const noted = (command: Command): Command => programOption(command).option('--note <note>', 'why, for the history');
const Noted = z.object({ program: z.string().optional(), note: z.string().optional() });

/** laurel rules publish|rollback|cancel|approve|reject|backtest|history|diff|proposals */
export function addRules(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'rules', 'rule sets of a program');
  addPublish(cli, group);
  addCommand(cli, group, {
    usage: 'rollback <revision>',
    description: 'publish the content of an earlier revision as a new one, live at once; the draft stays as it is',
    configure: noted,
    options: Noted,
    run: async (running, [revision = ''], { program, note = null }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const input = { revision: numberOf(revision), note };
      const command = newCommand('rulesRollback', input);
      return releasedAnswer(
        await saidPlainly(rollBackRuleSet(deps, { programId, actor: ACTOR }, command, input)),
        null,
      );
    },
  });
  addCommand(cli, group, {
    usage: 'cancel <revision>',
    description: 'keep a scheduled revision from ever going live',
    configure: noted,
    options: Noted,
    run: async (running, [wanted = ''], { program, note = null }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const input = { revision: numberOf(wanted), reason: note };
      const command = newCommand('rulesCancel', input);
      const { revision } = await cancelRuleSet(deps, { programId, actor: ACTOR }, command, input);
      return { json: { revision, cancelled: true }, text: `Revision ${revision} is cancelled.` };
    },
  });
  addDecision(cli, group, 'approve', 'publish what somebody else proposed');
  addDecision(cli, group, 'reject', 'turn down what somebody else proposed');
  addBacktest(cli, group);
  addRuleHistory(cli, group);
}

function addPublish(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'publish <file>',
    description: 'put the rule set of a JSON file in place of the draft and make them live as the next revision',
    configure: (command) =>
      noted(command).option('--at <instant>', 'when it goes live, such as 2026-12-24T00:00:00Z; at once without it'),
    options: Noted.extend({ at: instant }),
    run: async (running, [file = ''], { program, note = null, at }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const content = await readRuleSet(file);
      const scope = { programId, actor: ACTOR };
      const published = async (): Promise<Released> => {
        const draft = await replaceDraft(deps, scope, newCommand('draftReplace', content), content);
        const input = { expectedVersion: draft.version, note, at };
        return publishRuleSet(deps, scope, newCommand('rulesPublish', input), input);
      };
      return releasedAnswer(await saidPlainly(published()), at);
    },
  });
}

function addDecision(cli: Cli, group: Command, verb: 'approve' | 'reject', description: string): void {
  const decide = verb === 'approve' ? approveRuleSet : rejectRuleSet;
  addCommand(cli, group, {
    usage: `${verb} <proposal>`,
    description,
    configure: noted,
    options: Noted,
    run: async (running, [wanted = ''], { program, note = null }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const proposalId = uuidOf('RuleSetProposal', wanted);
      if (proposalId === null) throw new UsageError('Name a proposal by its id, rsp_….');
      const input = { proposalId, note };
      const command = newCommand(verb, input);
      const { revision } = await saidPlainly(decide(deps, { programId, actor: ACTOR }, command, input));
      const text = revision === null ? `${wanted} is rejected.` : `${wanted} is published as revision ${revision}.`;
      return { json: { proposal: wanted, revision }, text };
    },
  });
}

function releasedAnswer({ revision, proposalId }: Released, at: Date | null): Answer {
  if (proposalId !== null && revision === null) {
    const proposal = publicId('RuleSetProposal', proposalId);
    return { json: { proposal }, text: `${proposal} waits for a second person.` };
  }
  const live = at === null ? 'is live' : `goes live at ${at.toISOString()}`;
  return { json: { revision }, text: `Revision ${revision} ${live}.` };
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError('A revision is named by its number.');
  return Number(text);
}
