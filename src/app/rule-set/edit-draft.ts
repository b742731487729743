import { z } from 'zod';

import { EarningRuleSchema, RULES_MAX, type EarningRule } from '#domain/earning/rule.ts';
import { InvalidRuleError, NotFoundError, StaleVersionError } from '#domain/errors.ts';
import { lockDraft, saveDraft } from '#storage/rule-set-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';

/** A rule as an editor sends it: without an id it is new, or takes the id of the draft's rule of the same code. */
export type EarningRuleInput = Omit<EarningRule, 'id'>;

export type DraftEdited = { version: number };

/**
 * Puts a rule into the draft, or replaces the draft's rule of the same code. Only its form is checked here, since a draft
 * may be unfinished; what it means is checked when the draft is published. Throws StaleVersionError when the draft has
 * been saved since `expectedVersion`.
 */
export function saveEarningRule(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { rule: EarningRuleInput; expectedVersion: number | null },
): Promise<DraftEdited & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) =>
    editDraft(tx, input.expectedVersion, (rules) => {
      const known = rules.find((rule) => rule.code === input.rule.code);
      const parsed = EarningRuleSchema.safeParse({ ...input.rule, id: known?.id ?? deps.newId() });
      if (!parsed.success) {
        throw new InvalidRuleError(
          parsed.error.issues.map((issue) => ({
            path: [String(input.rule.code), ...issue.path.map(String)],
            message: issue.message,
          })),
        );
      }
      const others = rules.filter((rule) => rule.code !== parsed.data.code);
      if (others.length >= RULES_MAX)
        throw new InvalidRuleError([{ path: [], message: `A rule set has at most ${RULES_MAX} rules.` }]);
      return [...others, parsed.data];
    }),
  );
}

/** Takes a rule out of the draft. Throws NotFoundError when the draft has no rule of that code. */
export function removeEarningRule(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { code: string; expectedVersion: number | null },
): Promise<DraftEdited & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) =>
    editDraft(tx, input.expectedVersion, (rules) => {
      if (!rules.some((rule) => rule.code === input.code)) throw new NotFoundError('earning rule', ['code']);
      return rules.filter((rule) => rule.code !== input.code);
    }),
  );
}

const RuleInputs = z.array(EarningRuleSchema.omit({ id: true }));

/** Replaces the whole draft, as when a rule file is loaded. Rules keep their ids by code. */
export function replaceDraft(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { rules: unknown },
): Promise<DraftEdited & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) =>
    editDraft(tx, null, (rules) => {
      const parsed = RuleInputs.safeParse(input.rules);
      if (!parsed.success)
        throw new InvalidRuleError(
          parsed.error.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message })),
        );
      return parsed.data.map((rule) => ({
        ...rule,
        id: rules.find((known) => known.code === rule.code)?.id ?? deps.newId(),
      }));
    }),
  );
}

async function editDraft(
  tx: Tx,
  expectedVersion: number | null,
  edit: (rules: EarningRule[]) => EarningRule[],
): Promise<DraftEdited> {
  const draft = await lockDraft(tx, tx.programId, tx.actor);
  if (expectedVersion !== null && expectedVersion !== draft.version) {
    throw new StaleVersionError(
      'The draft has been saved since. Read it again, then repeat the change.',
      draft.version,
      ['expectedVersion'],
    );
  }
  const rules = edit(draft.rules);
  const version = await saveDraft(tx, tx.programId, rules, tx.actor, tx.now);
  tx.audit({ action: 'rule-set.draft', subject: 'rule-set', before: draft.rules, after: rules });
  return { version };
}
