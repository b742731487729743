import { InvalidRuleError, NotFoundError, StaleVersionError } from '#domain/errors.ts';
import {
  SECTION_NAMES,
  SECTIONS,
  type ItemInput,
  type ItemOf,
  type RuleSetContent,
  type RuleSetInput,
  type SectionName,
} from '#domain/rule-set/content.ts';
import { lockDraft, saveDraft } from '#storage/rule-set-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';

export type DraftEdited = { version: number };

/**
 * Puts an item into a section of the draft, or replaces the item of the same code, whose id it keeps. Only its form is
 * checked here, since a draft may be unfinished; what it means is checked when the draft is published. Throws
 * StaleVersionError when the draft has been saved since `expectedVersion`, InvalidRuleError for a wrong form.
 */
export function saveItem<Name extends SectionName>(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  section: Name,
  input: { item: ItemInput<Name>; expectedVersion: number | null },
): Promise<DraftEdited & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) =>
    editDraft(tx, input.expectedVersion, (content) => {
      const items = content[section] as ItemOf<Name>[];
      const item = parseItem(section, input.item, items, deps.newId);
      // An item keeps its place: the first ladder, for one, is special.
      const isKnown = items.some(({ code }) => code === item.code);
      const next = isKnown ? items.map((old) => (old.code === item.code ? item : old)) : [...items, item];
      return { ...content, [section]: requireRoom(section, next) };
    }),
  );
}

/** Takes an item out of the draft. Throws NotFoundError when its section has none of that code. */
export function removeItem(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  section: SectionName,
  input: { code: string; expectedVersion: number | null },
): Promise<DraftEdited & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) =>
    editDraft(tx, input.expectedVersion, (content) => {
      const left = content[section].filter((item) => item.code !== input.code);
      if (left.length === content[section].length) throw new NotFoundError(SECTIONS[section].noun, ['code']);
      return { ...content, [section]: left };
    }),
  );
}

/** Replaces the whole draft, as when a file is loaded. Items keep their ids by code; a section that is left out is emptied. */
export function replaceDraft(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: RuleSetInput,
): Promise<DraftEdited & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) =>
    editDraft(tx, null, (content) => readSections(input, content, deps.newId)),
  );
}

/**
 * A whole rule set from what a file has. Items keep the ids that those of the same code have in `known`. Throws
 * InvalidRuleError for a section that there is not, or an item of a wrong form.
 */
export function readSections(input: RuleSetInput, known: RuleSetContent, newId: () => string): RuleSetContent {
  const unknown = Object.keys(input).find((name) => !(SECTION_NAMES as string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidRuleError([{ path: [unknown], message: `A rule set has no section ${unknown}.` }]);
  return Object.fromEntries(
    SECTION_NAMES.map((name) => {
      const items: unknown = input[name] ?? [];
      if (!Array.isArray(items)) throw new InvalidRuleError([{ path: [name], message: `${name} is a list.` }]);
      const parsed = items.map((item: unknown) => parseItem(name, item, known[name], newId));
      return [name, requireRoom(name, parsed)];
    }),
  ) as RuleSetContent;
}

function parseItem<Name extends SectionName>(
  section: Name,
  input: unknown,
  known: readonly { id: string; code: string }[],
  newId: () => string,
): ItemOf<Name> {
  const fields = input !== null && typeof input === 'object' ? input : {};
  const code = 'code' in fields ? String(fields.code) : '';
  const id = known.find((item) => item.code === code)?.id ?? newId();
  const parsed = SECTIONS[section].schema.safeParse({ ...fields, id });
  if (parsed.success) return parsed.data as ItemOf<Name>;
  throw new InvalidRuleError(
    parsed.error.issues.map((issue) => ({ path: [code, ...issue.path.map(String)], message: issue.message })),
  );
}

function requireRoom<Item>(section: SectionName, items: Item[]): Item[] {
  const { noun, max } = SECTIONS[section];
  if (items.length > max)
    throw new InvalidRuleError([{ path: [], message: `A rule set has at most ${max} items of the kind ${noun}.` }]);
  return items;
}

async function editDraft(
  tx: Tx,
  expectedVersion: number | null,
  edit: (content: RuleSetContent) => RuleSetContent,
): Promise<DraftEdited> {
  const draft = await lockDraft(tx, tx.programId, tx.actor);
  if (expectedVersion !== null && expectedVersion !== draft.version) {
    throw new StaleVersionError(
      'The draft has been saved since. Read it again, then repeat the change.',
      draft.version,
      ['expectedVersion'],
    );
  }
  const content = edit(draft.content);
  const version = await saveDraft(tx, tx.programId, content, tx.actor, tx.now);
  tx.audit({ action: 'rule_set.edited', subject: 'draft', before: draft.content, after: content });
  return { version };
}
