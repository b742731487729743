import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { upsertCustomers } from '#app/customer/upsert-batch.ts';
import type { Caller } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { aCustomer } from '../support/customer.ts';
import { testDatabase } from '../support/database.ts';
import {
  aCommand,
  aProgram,
  asCustomer,
  asOwner,
  asPublishable,
  asRole,
  execute,
  testDeps,
  type TestProgram,
} from '../support/program.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
let now = new Date('2026-11-22T10:00:00Z');
const deps = testDeps(url, { clock: () => now });
const later = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

type Reply = Record<string, unknown> & { __typename: string };

async function ask<Data>(caller: Caller, document: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const { data, errors } = await execute<Data>(deps, caller, document, variables);
  expect(errors).toBeUndefined();
  return data!;
}

const FIELDS: Record<string, string> = {
  termsPublish: 'terms { number state effectiveFrom renewsConsent languages { language title } }',
  termsAccept: 'version wasAccepted customer { consent { isCurrent } }',
  termsWithdraw: 'version customer { consent { isCurrent } }',
  customerEnrol: 'to',
};

async function change(caller: Caller, name: string, input: object): Promise<Reply> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const { reply } = await ask<{ reply: Reply }>(
    caller,
    `mutation ($input: ${type}Input!) { reply: ${name}(input: $input) { __typename ... on ${type}Payload { replayed ${FIELDS[name]} }
      ... on UserError { code path } ... on StateConflictError { state } ${name === 'customerEnrol' ? '... on ConsentRequiredError { version }' : ''} } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  return reply;
}

const TEXTS = [
  { language: 'en', title: 'Terms', markdown: 'Be *fair*.' },
  { language: 'de', title: 'Bedingungen', url: 'https://example.com/agb' },
];
const publishTerms = (program: TestProgram, input: object = {}): Promise<Reply> =>
  change(asOwner(program), 'termsPublish', { texts: TEXTS, ...input });
const read = { channel: 'WEB', language: 'en' };

const CONSENT = `consent { isCurrent accepted { version } missing { version { number } atLeast since }
  history { action version channel language byCustomer at recordedBy } }`;

async function consentOf(program: TestProgram, customer: string): Promise<Record<string, unknown>> {
  const { customer: found } = await ask<{ customer: { consent: Record<string, unknown> } }>(
    asOwner(program),
    `query ($id: ID!) { customer(id: $id) { ${CONSENT} } }`,
    { id: customer },
  );
  return found.consent;
}

describe('a version of the terms', () => {
  test('is numbered, in force from its instant, and to be read by everybody in their language', async () => {
    const program = await aProgram(deps);
    expect(await publishTerms(program)).toMatchObject({
      terms: { number: 1, state: 'IN_FORCE', effectiveFrom: now.toISOString(), renewsConsent: true },
    });
    const from = later(24).toISOString();
    expect(await publishTerms(program, { effectiveFrom: from, note: 'Prizes' })).toMatchObject({
      terms: { number: 2, state: 'SCHEDULED', languages: [{ language: 'de' }, { language: 'en' }] },
    });
    await deps.catalogues.at(deps.reads, program.programId);
    const document = `query ($locale: String) { terms { number text(locale: $locale) { language title markdown url } }
      termsVersions(first: 1) { nodes { number state } pageInfo { hasNextPage } } none: terms(number: 9) { number } }`;
    expect(await ask(asPublishable(program), document, { locale: 'de-AT' })).toEqual({
      terms: {
        number: 1,
        text: { language: 'de', title: 'Bedingungen', markdown: null, url: 'https://example.com/agb' },
      },
      termsVersions: { nodes: [{ number: 2, state: 'SCHEDULED' }], pageInfo: { hasNextPage: true } },
      none: null,
    });
    expect(await ask(asPublishable(program), document, { locale: 'fr' })).toMatchObject({
      terms: { text: { language: 'en', markdown: 'Be *fair*.' } },
    });
  });

  test('cannot be changed, not even by hand, and its publication is audited', async () => {
    const program = await aProgram(deps);
    await publishTerms(program, { note: 'First' });
    for (const statement of ["update terms_version set texts = '{}'", 'delete from terms_version'])
      await expect(deps.reads.query(statement)).rejects.toThrow(/append-only/);
    const { auditEntries } = await ask<{ auditEntries: { nodes: object[] } }>(
      asOwner(program),
      '{ auditEntries(where: { subject: "terms:1" }) { nodes { action after } } }',
    );
    expect(auditEntries.nodes).toMatchObject([
      { action: 'terms.published', after: { renewsConsent: true, languages: ['en', 'de'], note: 'First' } },
    ]);
  });

  test('is refused before the one in force, without a text, and of a role that may not publish', async () => {
    const program = await aProgram(deps);
    await publishTerms(program);
    const early = new Date(now.getTime() - 1).toISOString();
    expect(await publishTerms(program, { effectiveFrom: early })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['effectiveFrom'],
    });
    expect(await publishTerms(program, { texts: [] })).toMatchObject({ code: 'INVALID_INPUT', path: ['texts'] });
    const { errors } = await execute(
      deps,
      asRole(program, 'CUSTOMER_SUCCESS'),
      'mutation ($input: TermsPublishInput!) { termsPublish(input: $input) { __typename } }',
      { input: { idempotencyKey: 'x', texts: TEXTS } },
    );
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('takes the next number when several are published at once', async () => {
    const program = await aProgram(deps);
    const replies = await Promise.all(Array.from({ length: 6 }, () => publishTerms(program)));
    const numbers = replies.map((reply) => (reply['terms'] as { number: number }).number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('consent', () => {
  test('is given by the customer, kept with when, how and in which language, and asked for anew by the next version', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program);
    const me = asCustomer(program, customer.id);
    expect(await consentOf(program, customer.publicId)).toMatchObject({ isCurrent: true, missing: null });
    await publishTerms(program);
    const since = now.toISOString();
    expect(await consentOf(program, customer.publicId)).toMatchObject({
      isCurrent: false,
      accepted: null,
      missing: { version: { number: 1 }, atLeast: 1, since },
    });
    const accepted = await change(me, 'termsAccept', { ...read, version: 1 });
    expect(accepted).toMatchObject({ version: 1, wasAccepted: false, customer: { consent: { isCurrent: true } } });
    now = later(1);
    // Saying yes twice is one yes, at the time of the first.
    expect(await change(me, 'termsAccept', { ...read, version: 1 })).toMatchObject({ wasAccepted: true });
    await publishTerms(program, { renewsConsent: false });
    expect(await consentOf(program, customer.publicId)).toMatchObject({ isCurrent: true, accepted: { version: 1 } });
    await publishTerms(program);
    expect(await consentOf(program, customer.publicId)).toMatchObject({
      isCurrent: false,
      missing: { version: { number: 3 }, atLeast: 3, since: now.toISOString() },
      history: [
        {
          ...{ action: 'ACCEPTED', version: 1, channel: 'WEB', language: 'en', byCustomer: true, at: since },
          recordedBy: `customer:${customer.publicId}`,
        },
      ],
    });
  });

  test('is recorded on a customer’s behalf with the time when they gave it, and withdrawn', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program);
    const owner = asOwner(program);
    await publishTerms(program, { effectiveFrom: '2026-01-01T00:00:00Z' });
    const at = '2026-02-03T04:05:06.000Z';
    const whom = { customerExternalId: customer.externalId };
    await change(owner, 'termsAccept', { ...whom, channel: 'PAPER', language: 'de', version: 1, at });
    expect(await consentOf(program, customer.publicId)).toMatchObject({
      isCurrent: true,
      history: [{ at, channel: 'PAPER', byCustomer: false, recordedBy: owner.actor }],
    });
    const earlier = '2026-02-03T04:05:05Z';
    expect(await change(owner, 'termsWithdraw', { ...whom, channel: 'PHONE', at: earlier })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['at'],
    });
    const ahead = later(1).toISOString();
    expect(await change(owner, 'termsWithdraw', { ...whom, channel: 'PHONE', at: ahead })).toMatchObject({
      code: 'INVALID_INPUT',
    });
    const gone = '2026-03-01T00:00:00.000Z';
    expect(await change(owner, 'termsWithdraw', { ...whom, channel: 'PHONE', at: gone })).toMatchObject({ version: 1 });
    expect(await consentOf(program, customer.publicId)).toMatchObject({
      isCurrent: false,
      accepted: null,
      missing: { since: gone },
      history: [{ action: 'WITHDRAWN', version: 1, language: null }, { action: 'ACCEPTED' }],
    });
    expect(await change(owner, 'termsWithdraw', { ...whom, channel: 'PHONE' })).toMatchObject({
      code: 'STATE_CONFLICT',
      state: 'NOT_ACCEPTED',
    });
    await expect(deps.reads.query('delete from terms_consent')).rejects.toThrow(
      /append-only|never change|refuse|not allowed|cannot/i,
    );
  });

  test('is refused for a version or a language that there is not, and for one that is superseded', async () => {
    const program = await aProgram(deps);
    const me = asCustomer(program, (await aCustomer(deps, program)).id);
    await publishTerms(program);
    expect(await change(me, 'termsAccept', { ...read, version: 2 })).toMatchObject({ path: ['version'] });
    expect(await change(me, 'termsAccept', { ...read, version: 1, language: 'fr' })).toMatchObject({
      path: ['language'],
    });
    now = later(1);
    await publishTerms(program);
    expect(await change(me, 'termsAccept', { ...read, version: 1 })).toMatchObject({
      code: 'STATE_CONFLICT',
      state: 'SUPERSEDED',
    });
  });

  test('is one’s own: a customer’s token neither speaks for another customer nor of another time', async () => {
    const program = await aProgram(deps);
    const [me = '', other = ''] = await someCustomers(deps, program, 2);
    await publishTerms(program);
    const document = 'mutation ($input: TermsAcceptInput!) { termsAccept(input: $input) { __typename } }';
    for (const more of [
      { customerId: publicId('Customer', other) },
      { customerExternalId: 'c1' },
      { at: new Date(now.getTime() - 1_000).toISOString() },
    ]) {
      const input = { idempotencyKey: randomUUID(), ...read, version: 1, ...more };
      const { errors } = await execute(deps, asCustomer(program, me), document, { input });
      expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await change(asOwner(program), 'termsAccept', { ...read, version: 1, customerId: 'cus_x' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    const foreign = publicId('Customer', (await someCustomers(deps, await aProgram(deps), 1))[0]!);
    expect(await change(asOwner(program), 'termsAccept', { ...read, version: 1, customerId: foreign })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('given ten times at once is on record once, and a replay answers the first', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program);
    const me = asCustomer(program, customer.id);
    await publishTerms(program);
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => change(me, 'termsAccept', { ...read, version: 1 })),
    );
    expect(replies.filter(({ wasAccepted }) => wasAccepted === false)).toHaveLength(1);
    const input = { ...read, version: 1, idempotencyKey: 'same' };
    await change(me, 'termsAccept', input);
    expect(await change(me, 'termsAccept', input)).toMatchObject({ replayed: true });
    expect((await consentOf(program, customer.publicId))['history']).toHaveLength(1);
  });

  test('writes nothing about the person but whose it is', async () => {
    const columns = await deps.reads.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_name = 'terms_consent' and data_type in ('text', 'jsonb')`,
    );
    expect(columns.map(({ name }) => name).toSorted()).toEqual(['action', 'channel', 'language', 'recorded_by']);
  });
});

describe('a program that asks for consent', () => {
  test('enrols nobody without it, by no way, and names the version', async () => {
    const program = await aProgram(deps, { policies: { consentNeededFor: ['ENROLMENT'] } });
    const owner = asOwner(program);
    // Without terms there is nothing to agree to.
    await aCustomer(deps, program);
    await publishTerms(program);
    const customer = await aCustomer(deps, program, { enrol: false });
    const whom = { customerId: customer.publicId };
    const refused = { __typename: 'ConsentRequiredError', code: 'CONSENT_REQUIRED', version: 1 };
    expect(await change(owner, 'customerEnrol', whom)).toMatchObject(refused);
    await expect(aCustomer(deps, program)).rejects.toMatchObject({ code: 'CONSENT_REQUIRED', version: 1 });
    const known = { externalId: customer.externalId, enrol: true };
    const items = [{ externalId: 'new', enrol: true }, known, { externalId: 'shy' }];
    const { items: results } = await upsertCustomers(deps, program.scope, aCommand('b', items), { items });
    expect(results).toMatchObject([
      { refusal: { code: 'CONSENT_REQUIRED', version: 1, path: ['items', '0', 'enrol'] } },
      { refusal: { code: 'CONSENT_REQUIRED', version: 1 } },
      { outcome: 'CREATED' },
    ]);
    await change(asCustomer(program, customer.id), 'termsAccept', { ...read, version: 1 });
    expect(await change(owner, 'customerEnrol', whom)).toMatchObject({ to: 'ENROLLED' });
    // Whoever takes part stays so when the terms change.
    await publishTerms(program);
    const state = await ask<{ customer: { enrolmentState: string } }>(
      owner,
      'query ($id: ID!) { customer(id: $id) { enrolmentState } }',
      { id: customer.publicId },
    );
    expect(state.customer.enrolmentState).toBe('ENROLLED');
  });

  test('refuses redemptions without it, tells so beforehand in the customer’s language, and explains it', async () => {
    const program = await aShop(deps, { policies: { consentNeededFor: ['REDEMPTION'] } });
    await publishSet(deps, program, { rewards: [aReward({ points: 0 })] });
    const customer = await aCustomer(deps, program, { locale: 'de-AT' });
    const me = asCustomer(program, customer.id);
    await publishTerms(program);
    await deps.catalogues.at(deps.reads, program.programId);
    const open = `{ reward(code: "mug") { canRedeem { __typename ... on RewardClosed {
      refusals { code message en: message(locale: "en") ... on RewardConsentRequired { version } } } } } }`;
    expect(await ask(me, open)).toMatchObject({
      reward: {
        canRedeem: {
          refusals: [
            {
              code: 'CONSENT_REQUIRED',
              version: 1,
              message: 'Bitte stimmen Sie zuerst unseren aktuellen Teilnahmebedingungen zu.',
              en: 'Please agree to our current terms first.',
            },
          ],
        },
      },
    });
    const redeem = `mutation ($key: String!) { rewardRedeem(input: { idempotencyKey: $key, reward: "mug" }) {
      __typename ... on RedemptionRefusedError { code refusalId } } }`;
    const { rewardRedeem } = await ask<{ rewardRedeem: { code: string; refusalId: string } }>(me, redeem, { key: 'a' });
    expect(rewardRedeem.code).toBe('CONSENT_REQUIRED');
    const { explain } = await ask<{ explain: { text: string } }>(
      asOwner(program),
      'query ($id: ID!) { explain(id: $id) { text trace { kind valueNeeded } } }',
      { id: rewardRedeem.refusalId },
    );
    expect(explain).toMatchObject({
      text: 'Bitte stimmen Sie zuerst unseren aktuellen Teilnahmebedingungen zu.',
      trace: [{ valueNeeded: 'consent to version 1 of the terms' }],
    });
    await change(me, 'termsAccept', { ...read, version: 1 });
    expect(await ask(me, redeem, { key: 'a' })).toMatchObject({
      rewardRedeem: { __typename: 'RewardRedeemPayload' },
    });
  });
});
