import { expect, test } from 'vitest';

import { emptyContent, type RuleSetContent } from '#domain/rule-set/content.ts';
import { diffContent } from '#domain/rule-set/diff.ts';

import { aRule } from '../../support/earning.ts';

const aContent = (sections: Partial<RuleSetContent>): RuleSetContent => ({ ...emptyContent(), ...sections });

test('a diff names what was added, removed and changed, field by field', () => {
  const kept = aRule({ code: 'kept' });
  const gone = aRule({ code: 'gone' });
  const before = aRule({ code: 'changed', priority: 1 });
  const added = aRule({ code: 'added' });
  const diff = diffContent(
    aContent({ earningRules: [kept, gone, before] }),
    aContent({ earningRules: [{ ...kept }, { ...before, priority: 2 }, added] }),
  );
  expect(diff.map(({ code, change }) => [code, change])).toEqual([
    ['added', 'ADDED'],
    ['changed', 'CHANGED'],
    ['gone', 'REMOVED'],
  ]);
  expect(diff[1]?.fields).toEqual([{ field: 'priority', before: 1, after: 2 }]);
});

test('a rule set differs in nothing from itself as the database gives it back', () => {
  const rule = aRule();
  const shuffled = Object.fromEntries(Object.entries(rule).toReversed()) as typeof rule;
  expect(diffContent(aContent({ earningRules: [rule] }), aContent({ earningRules: [shuffled] }))).toEqual([]);
});
