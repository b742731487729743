import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { aShop } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aKey, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { draftOf, fixed, publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

type Entry = { action: string; subject: string; actor: string; before: unknown; after: unknown; recordedAt: string };
type Page = { auditEntries: { nodes: Entry[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } };

async function auditOf(
  shop: TestProgram,
  args = '',
  where: Record<string, unknown> = {},
): Promise<Page['auditEntries']> {
  const { data, errors } = await execute<Page>(
    deps,
    asRole(shop, 'DATA_ANALYST'),
    `query ($where: AuditEntryWhere) { auditEntries(where: $where ${args}) {
      nodes { action subject actor before after recordedAt } pageInfo { hasNextPage endCursor } } }`,
    { where },
  );
  expect(errors).toBeUndefined();
  if (!data) throw new Error('no audit was answered');
  return data.auditEntries;
}

const run = async (shop: TestProgram, mutation: string, input: object): Promise<void> => {
  const name = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`;
  const { data, errors } = await execute<Record<string, { kind: string }>>(
    deps,
    asOwner(shop),
    `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { kind: __typename } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  expect(errors).toBeUndefined();
  expect(data?.[mutation]?.kind).toBe(`${name}Payload`);
};

describe('the audit', () => {
  test('tells of every change of rules who made it, when, from what to what', async () => {
    const shop = await aShop(deps, {}, []);
    await publishSet(deps, shop, { earningRules: [fixed(1)] });
    await publishSet(deps, shop, { earningRules: [fixed(2)] }, new Date(Date.now() + 3_600_000));
    await run(shop, 'ruleSetCancel', { revision: 2, reason: 'a mistake' });
    await publishSet(deps, shop, { earningRules: [fixed(3)] });
    await run(shop, 'ruleSetRollback', { revision: 1 });
    const { nodes } = await auditOf(shop);
    expect(nodes.slice(0, 7).map(({ action, subject }) => [action, subject])).toEqual([
      ['rule_set.rolled_back', 'revision:4'],
      ['rule_set.published', 'revision:3'],
      ['rule_set.edited', 'draft'],
      ['rule_set.cancelled', 'revision:2'],
      ['rule_set.published', 'revision:2'],
      ['rule_set.edited', 'draft'],
      ['rule_set.published', 'revision:1'],
    ]);
    expect(nodes[2]).toMatchObject({
      actor: shop.scope.actor,
      before: { earningRules: [{ award: { points: 2 } }] },
      after: { earningRules: [{ award: { points: 3 } }] },
    });
    expect(nodes[0]).toMatchObject({ after: { revision: 4, restoresRevision: 1, diff: [{ code: 'fixed' }] } });
    expect(nodes[3]).toMatchObject({ after: { reason: 'a mistake' } });
  });

  test('covers policies, keys, activity types and attributes', async () => {
    const shop = await aShop(deps, {}, []);
    await aKey(deps, shop, 'DATA_ANALYST');
    await run(shop, 'programUpdate', { policies: { publishApproval: 'SECOND_PERSON' } });
    await run(shop, 'attributeSchemaSet', { attributes: [{ name: 'plan', type: 'STRING' }] });
    await run(shop, 'activityTypeArchive', { code: 'visit' });
    const { nodes } = await auditOf(shop);
    expect(nodes.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        'activity_type.archived',
        'customer_attributes.set',
        'program.updated',
        'activity_type.saved',
      ]),
    );
    expect(nodes.some(({ action }) => action.startsWith('api_key.'))).toBe(true);
    expect(nodes.find(({ action }) => action === 'program.updated')).toMatchObject({
      before: { publishApproval: 'NONE' },
      after: { publishApproval: 'SECOND_PERSON' },
    });
  });

  test('is filtered by subject, action, actor and time, with edges that meet', async () => {
    const shop = await aShop(deps, {}, []);
    await draftOf(deps, shop, { earningRules: [fixed(1)] });
    await draftOf(deps, { ...shop, scope: { ...shop.scope, actor: 'staff:ann' } }, { earningRules: [fixed(2)] });
    await publishSet(deps, shop, { earningRules: [fixed(3)] });
    const actionsOf = async (where: Record<string, unknown>) =>
      (await auditOf(shop, '', where)).nodes.map(({ action }) => action);
    expect(await actionsOf({ subject: 'draft' })).toHaveLength(3);
    expect(await actionsOf({ action: 'rule_set.published' })).toEqual(['rule_set.published']);
    expect(await actionsOf({ actor: 'staff:ann' })).toEqual(['rule_set.edited']);
    expect(await actionsOf({ actor: 'staff:ann', action: 'rule_set.published' })).toEqual([]);
    const all = (await auditOf(shop)).nodes;
    const middle = all[2]!.recordedAt;
    const [earlier, later] = [await actionsOf({ recordedUntil: middle }), await actionsOf({ recordedFrom: middle })];
    expect([...later, ...earlier]).toEqual(all.map(({ action }) => action));
    expect(earlier.length).toBeGreaterThan(0);
    expect(later.length).toBeGreaterThan(0);
  });

  test('is read page by page, each entry once', async () => {
    const shop = await aShop(deps, {}, []);
    for (let edit = 1; edit <= 5; edit += 1) await draftOf(deps, shop, { earningRules: [fixed(edit)] });
    const seen: unknown[] = [];
    for (let after = ''; ;) {
      const { nodes, pageInfo } = await auditOf(shop, `first: 2 ${after}`, { subject: 'draft' });
      seen.push(...nodes.map((node) => node.after));
      if (!pageInfo.hasNextPage) break;
      after = `after: "${pageInfo.endCursor}"`;
    }
    expect(seen).toMatchObject([5, 4, 3, 2, 1].map((points) => ({ earningRules: [{ award: { points } }] })));
  });
});
