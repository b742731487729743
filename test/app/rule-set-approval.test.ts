import { describe, expect, test } from 'vitest';

import { updateProgramDetails } from '#app/program/update.ts';
import { approveRuleSet, rejectRuleSet } from '#app/rule-set/decide-proposal.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import { rollBackRuleSet } from '#app/rule-set/rollback.ts';
import { SecondPersonError, StaleVersionError } from '#domain/errors.ts';
import { readProposal } from '#storage/rule-set-proposal-store.ts';
import { readRevision } from '#storage/rule-set-store.ts';

import { aShop } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { draftOf, fixed } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

/** A program in which publishing takes two. */
async function aCarefulShop(): Promise<TestProgram> {
  const shop = await aShop(deps, {}, []);
  const input = { policies: { publishApproval: 'SECOND_PERSON' as const } };
  await updateProgramDetails(deps, shop.scope, aCommand('programUpdate', input), input);
  return shop;
}

const by = (shop: TestProgram, actor: string) => ({ programId: shop.programId, actor });

async function propose(shop: TestProgram, points: number, at: Date | null = null): Promise<string> {
  await draftOf(deps, shop, { earningRules: [fixed(points)] });
  const input = { expectedVersion: null, note: 'please', at };
  const { revision, proposalId } = await publishRuleSet(
    deps,
    by(shop, 'ann'),
    aCommand('ruleSetPublish', input),
    input,
  );
  expect(revision).toBeNull();
  if (proposalId === null) throw new Error('no proposal was made');
  return proposalId;
}

const approve = (shop: TestProgram, proposalId: string, actor = 'bob') =>
  approveRuleSet(deps, by(shop, actor), aCommand('ruleSetApprove', [proposalId, actor]), { proposalId, note: 'fine' });
const reject = (shop: TestProgram, proposalId: string, actor = 'bob') =>
  rejectRuleSet(deps, by(shop, actor), aCommand('ruleSetReject', [proposalId, actor]), { proposalId, note: 'no' });
const live = async (shop: TestProgram) => (await deps.catalogues.at(deps.reads, shop.programId)).ruleSet.revision;

describe('with a second person', () => {
  test('publishing proposes, and another person’s approval publishes exactly what was proposed', async () => {
    const shop = await aCarefulShop();
    const proposalId = await propose(shop, 7);
    expect(await live(shop)).toBe(0);
    await draftOf(deps, shop, { earningRules: [fixed(1_000_000)] });
    expect(await approve(shop, proposalId)).toMatchObject({ revision: 1 });
    expect(await readRevision(deps.reads, shop.programId, 1)).toMatchObject({
      content: { earningRules: [{ award: { points: 7 } }] },
      note: 'please',
      publishedBy: 'bob',
      proposalId,
    });
    expect(await readProposal(deps.reads, shop.programId, proposalId)).toMatchObject({
      state: 'APPROVED',
      proposedBy: 'ann',
      decidedBy: 'bob',
      revision: 1,
    });
    expect(await live(shop)).toBe(1);
  });

  test('nobody decides on their own proposal', async () => {
    const shop = await aCarefulShop();
    const proposalId = await propose(shop, 7);
    await expect(approve(shop, proposalId, 'ann')).rejects.toThrow(SecondPersonError);
    await expect(reject(shop, proposalId, 'ann')).rejects.toMatchObject({ proposedBy: 'ann' });
    expect(await live(shop)).toBe(0);
  });

  test('a proposal is decided once, also by two at the same time', async () => {
    const shop = await aCarefulShop();
    const proposalId = await propose(shop, 7);
    const outcomes = await Promise.allSettled([
      approve(shop, proposalId, 'bob'),
      reject(shop, proposalId, 'cleo'),
      approve(shop, proposalId, 'dan'),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(approve(shop, proposalId, 'eve')).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  });

  test('what was turned down never goes live', async () => {
    const shop = await aCarefulShop();
    const proposalId = await propose(shop, 7);
    expect(await reject(shop, proposalId)).toMatchObject({ revision: null });
    expect(await live(shop)).toBe(0);
    await expect(approve(shop, proposalId, 'cleo')).rejects.toMatchObject({ state: 'REJECTED' });
  });

  test('a proposal whose diff no longer holds, since another was approved, has to be made again', async () => {
    const shop = await aCarefulShop();
    const [first, second] = [await propose(shop, 7), await propose(shop, 8)];
    await approve(shop, second);
    await expect(approve(shop, first)).rejects.toThrow(StaleVersionError);
  });

  test('a scheduled one keeps its instant, and is refused once that is too near', async () => {
    const soon = testDeps(url, { clock: () => new Date(Date.now() + 3_600_000) });
    const shop = await aCarefulShop();
    const at = new Date(Date.now() + 1_800_000);
    const proposalId = await propose(shop, 7, at);
    const input = { proposalId, note: null };
    await expect(approveRuleSet(soon, by(shop, 'bob'), aCommand('ruleSetApprove', input), input)).rejects.toMatchObject(
      { code: 'INVALID_INPUT' },
    );
    await approve(shop, proposalId);
    expect(await readRevision(deps.reads, shop.programId, 1)).toMatchObject({ scheduledFor: at });
  });

  test('a rollback takes two as well', async () => {
    const shop = await aCarefulShop();
    await approve(shop, await propose(shop, 7));
    await approve(shop, await propose(shop, 8));
    const input = { revision: 1, note: null };
    const { proposalId } = await rollBackRuleSet(deps, by(shop, 'ann'), aCommand('ruleSetRollback', input), input);
    expect(await live(shop)).toBe(2);
    expect(await approve(shop, proposalId ?? '')).toMatchObject({ revision: 3 });
    expect(await readRevision(deps.reads, shop.programId, 3)).toMatchObject({ restoresRevision: 1 });
  });

  test('the database itself refuses to change a decided or frozen proposal', async () => {
    const shop = await aCarefulShop();
    const proposalId = await propose(shop, 7);
    const change = (assignment: string) =>
      deps.reads.query(`update rule_set_proposal set ${assignment} where program_id = $1 and id = $2`, [
        shop.programId,
        proposalId,
      ]);
    await expect(change(`content = '{}'`)).rejects.toThrow('frozen');
    await approve(shop, proposalId);
    await expect(change('decision_note = null')).rejects.toThrow('frozen');
  });
});
