import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';

import { pino } from 'pino';
import { describe, expect, it } from 'vitest';

import { resolveCaller } from '#app/caller/resolve.ts';
import { createOperatorKey } from '#app/operator-key/create.ts';
import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aKey, aProgram, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { aProvider } from '../support/tokens.ts';

const { url } = await testDatabase();
const logged: string[] = [];
const sink = new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) });
const deps = { ...testDeps(url), log: pino({ level: 'trace' }, sink) };

type Replies = Record<string, Record<string, unknown>>;

/** Runs a mutation as the owner, with a key of its own unless one is given, and answers its payload. */
async function mutate(
  program: TestProgram,
  name: string,
  fields: object,
  selection: string,
  caller = asOwner(program),
) {
  const type = name[0]?.toUpperCase() + name.slice(1);
  const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename
    ... on ${type}Payload { replayed ${selection} } ... on UserError { code path } ... on StateConflictError { state } } }`;
  const { data, errors } = await execute<Replies>(deps, caller, document, {
    input: { idempotencyKey: randomUUID(), ...fields },
  });
  if (errors !== undefined) throw errors[0]?.originalError ?? errors[0] ?? new Error('unknown');
  return data?.[name] ?? {};
}

async function aCustomerRow({ programId }: TestProgram, externalId: string): Promise<string> {
  const id = deps.newId();
  await deps.reads.query('insert into customer (program_id, id, external_id) values ($1, $2, $3)', [
    programId,
    id,
    externalId,
  ]);
  return id;
}

const VIEWER =
  '{ viewer { kind role permissions customerId adjustmentMax expiresAt program { id name mode timeZone } } }';

/** What the viewer is told who sends this key or token. */
async function viewerOf(bearer: string | null) {
  const { data, errors } = await execute<{ viewer: Record<string, unknown> }>(
    deps,
    await resolveCaller(deps, bearer),
    VIEWER,
  );
  expect(errors).toBeUndefined();
  return data?.viewer;
}

describe('viewer', () => {
  it('tells every kind of caller who it is and what it may do', async () => {
    const program = await aProgram(deps, { name: 'Shop', mode: 'TEST' });
    const own = { id: program.publicId, name: 'Shop', mode: 'TEST', timeZone: 'UTC' };
    const customerId = publicId('Customer', await aCustomerRow(program, 'c1'));
    const secret = String(
      (
        await mutate(
          program,
          'secretKeyCreate',
          { name: 's', role: 'CUSTOMER_SUCCESS', scopes: ['LEDGER_ADJUST'], adjustmentMax: 50 },
          'secret',
        )
      )['secret'],
    );
    const publishable = String((await mutate(program, 'publishableKeyCreate', { name: 'p' }, 'secret'))['secret']);
    const minted = await mutate(program, 'customerTokenMint', { externalId: 'c1', ttlSeconds: 120 }, 'token expiresAt');
    const operator = (await createOperatorKey(deps, 'cli', { name: 'ops' })).secret;
    const provider = await aProvider('https://id.example', program.publicId);
    await mutate(
      program,
      'identityProviderAdd',
      { issuer: provider.issuer, audience: provider.audience, jwks: provider.jwks },
      'identityProvider { id }',
    );

    const nothing = { role: null, customerId: null, adjustmentMax: null, expiresAt: null };
    expect(await viewerOf(null)).toEqual({ ...nothing, kind: 'ANONYMOUS', permissions: [], program: null });
    expect(await viewerOf(operator)).toEqual({
      ...nothing,
      kind: 'OPERATOR',
      permissions: ['PROGRAM_CREATE'],
      program: null,
    });
    expect(await viewerOf(publishable)).toEqual({
      ...nothing,
      kind: 'PUBLISHABLE_KEY',
      permissions: ['BADGE_READ', 'EARNING_READ', 'LEADERBOARD_READ', 'REWARD_READ', 'TERMS_READ'],
      program: own,
    });
    expect(await viewerOf(secret)).toEqual({
      ...nothing,
      kind: 'SECRET_KEY',
      role: 'CUSTOMER_SUCCESS',
      permissions: ['LEDGER_ADJUST'],
      adjustmentMax: 50,
      program: own,
    });
    expect(await viewerOf(String(minted['token']))).toEqual({
      ...nothing,
      kind: 'CUSTOMER',
      permissions: [
        ...['BADGE_READ', 'EARNING_READ', 'LEADERBOARD_READ', 'TEAM_READ', 'REWARD_READ', 'TERMS_READ'],
        ...['SELF_READ', 'SELF_TRACK', 'SELF_REDEEM', 'SELF_STREAK', 'SELF_SOCIAL', 'SELF_CONSENT'],
      ],
      customerId,
      expiresAt: minted['expiresAt'],
      program: own,
    });
    expect(await viewerOf(await provider.sign({ laurel_role: 'DATA_ANALYST' }))).toMatchObject({
      kind: 'STAFF',
      role: 'DATA_ANALYST',
      program: own,
      expiresAt: expect.any(String),
    });
  });
});

describe('keys in the graph', () => {
  const KEY =
    'secret apiKey { id name prefix kind state role scopes permissions adjustmentMax allowedOrigins createdBy expiresAt revokedAt lastUsedAt rotatedTo { id } }';

  it('are shown with everything but their secret', async () => {
    const program = await aProgram(deps);
    const made = await mutate(
      program,
      'secretKeyCreate',
      { name: ' Server ', role: 'DATA_ANALYST', scopes: ['AUDIT_READ'] },
      KEY,
    );
    expect(made).toEqual({
      __typename: 'SecretKeyCreatePayload',
      replayed: false,
      secret: expect.stringMatching(/^lsk_[0-9A-Za-z]{43}$/),
      apiKey: {
        id: expect.stringMatching(/^key_/),
        name: 'Server',
        prefix: String(made['secret']).slice(0, 12),
        kind: 'SECRET',
        state: 'ACTIVE',
        role: 'DATA_ANALYST',
        scopes: ['AUDIT_READ'],
        permissions: ['AUDIT_READ'],
        adjustmentMax: null,
        allowedOrigins: [],
        createdBy: program.scope.actor,
        expiresAt: null,
        revokedAt: null,
        lastUsedAt: null,
        rotatedTo: null,
      },
    });
  });

  it('are listed newest first, by kind and by state', async () => {
    const program = await aProgram(deps);
    const { keyId: revoked } = await aKey(deps, program, 'DATA_ANALYST');
    const { keyId: rotated } = await aKey(deps, program, 'DATA_ANALYST');
    await mutate(program, 'apiKeyRevoke', { apiKeyId: publicId('ApiKey', revoked) }, 'apiKey { state }');
    const rotation = await mutate(
      program,
      'apiKeyRotate',
      { apiKeyId: publicId('ApiKey', rotated), overlapMinutes: 0 },
      'apiKey { id } oldApiKey { id state rotatedTo { id } }',
    );
    const successor = (rotation['apiKey'] as { id: string }).id;
    expect(rotation['oldApiKey']).toEqual({
      id: publicId('ApiKey', rotated),
      state: 'EXPIRED',
      rotatedTo: { id: successor },
    });
    await mutate(program, 'publishableKeyCreate', { name: 'page' }, 'secret');
    const list = async (where: object) => {
      const { data } = await execute<{ apiKeys: { nodes: { id: string; kind: string; state: string }[] } }>(
        deps,
        asOwner(program),
        'query ($where: ApiKeyWhere) { apiKeys(where: $where) { nodes { id kind state } } }',
        { where },
      );
      return data?.apiKeys.nodes.map(({ kind, state }) => `${kind} ${state}`);
    };
    expect(await list({})).toEqual([
      'PUBLISHABLE ACTIVE',
      'SECRET ACTIVE',
      'SECRET EXPIRED',
      'SECRET REVOKED',
      'SECRET ACTIVE',
    ]);
    expect(await list({ state: 'EXPIRED' })).toEqual(['SECRET EXPIRED']);
    expect(await list({ state: 'REVOKED' })).toEqual(['SECRET REVOKED']);
    expect(await list({ kind: 'PUBLISHABLE' })).toEqual(['PUBLISHABLE ACTIVE']);
    expect(await list({ kind: 'SECRET', state: 'ACTIVE' })).toHaveLength(2);
  });

  it('can revoke themselves, once', async () => {
    const program = await aProgram(deps);
    const apiKeyId = publicId('ApiKey', program.ownerKeyId);
    const caller = await resolveCaller(deps, program.ownerSecret);
    if (caller.kind !== 'SECRET_KEY') throw new Error('an owner key is a secret key');
    expect(await mutate(program, 'apiKeyRevoke', { apiKeyId }, 'apiKey { state }', caller)).toMatchObject({
      apiKey: { state: 'REVOKED' },
    });
    await expect(resolveCaller(deps, program.ownerSecret)).rejects.toThrow('revoked');
    expect(await mutate(program, 'apiKeyRevoke', { apiKeyId }, 'apiKey { state }')).toMatchObject({
      code: 'STATE_CONFLICT',
      state: 'REVOKED',
    });
  });
});

describe('a repeated call', () => {
  const rows = async (program: TestProgram): Promise<unknown> =>
    deps.reads.query(
      `select (select count(*) from api_key where program_id = $1) as keys, (select count(*) from identity_provider where program_id = $1) as providers,
         (select count(*) from point_currency where program_id = $1) as currencies, (select count(*) from audit_entry where program_id = $1) as audits,
         (select count(*) from outbox where program_id = $1) as events`,
      [program.programId],
    );

  it('answers the first result again without its secret, and writes nothing more', async () => {
    const program = await aProgram(deps);
    const customerId = publicId('Customer', await aCustomerRow(program, 'c1'));
    const { keyId } = await aKey(deps, program, 'DATA_ANALYST');
    const { jwks } = await aProvider('https://id.example', program.publicId);
    const calls: [string, object, string][] = [
      ['secretKeyCreate', { name: 'a', role: 'OWNER' }, 'secret apiKey { id }'],
      ['publishableKeyCreate', { name: 'a' }, 'secret apiKey { id }'],
      ['apiKeyRotate', { apiKeyId: publicId('ApiKey', keyId) }, 'secret apiKey { id } oldApiKey { id expiresAt }'],
      ['apiKeyRevoke', { apiKeyId: publicId('ApiKey', keyId) }, 'apiKey { id revokedAt }'],
      ['customerTokenMint', { customerId }, 'token expiresAt'],
      ['customerTokensRevoke', { customerId }, 'customerId'],
      [
        'identityProviderAdd',
        { issuer: 'https://id.example', audience: program.publicId, jwks },
        'identityProvider { id }',
      ],
      ['pointCurrencyCreate', { code: 'gems', name: 'Gems' }, 'pointCurrency { id }'],
      ['programUpdate', { name: 'Other' }, 'program { name }'],
    ];
    for (const [name, fields, selection] of calls) {
      const keyed = { idempotencyKey: randomUUID(), ...fields };
      const first = await mutate(program, name, keyed, selection);
      const between = await rows(program);
      const again = await mutate(program, name, keyed, selection);
      expect(again, name).toEqual({ ...first, replayed: true, ...('secret' in first ? { secret: null } : {}) });
      expect(await rows(program), name).toEqual(between);
      const other = await mutate(program, name, { ...keyed, ...changed(fields) }, selection);
      expect(other, name).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH', path: ['idempotencyKey'] });
    }
  });

  /** Other input of the same kind. */
  function changed(fields: object): object {
    if ('name' in fields) return { name: 'other' };
    if ('issuer' in fields) return { issuer: 'https://other.example' };
    const [[field] = ['']] = Object.entries(fields);
    return { [field]: field === 'apiKeyId' ? publicId('ApiKey', deps.newId()) : publicId('Customer', deps.newId()) };
  }

  it('is told apart by program: the same key in two programs makes two keys', async () => {
    const [one, two] = [await aProgram(deps), await aProgram(deps)];
    const fields = { idempotencyKey: 'the same', name: 'a', role: 'OWNER' };
    const [first, second] = [
      await mutate(one, 'secretKeyCreate', fields, 'secret'),
      await mutate(two, 'secretKeyCreate', fields, 'secret'),
    ];
    expect([first['replayed'], second['replayed']]).toEqual([false, false]);
  });

  it('makes one key when fifty calls come at once', async () => {
    const program = await aProgram(deps);
    const fields = { idempotencyKey: randomUUID(), name: 'a', role: 'OWNER' };
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => mutate(program, 'secretKeyCreate', fields, 'secret apiKey { id }')),
    );
    expect(replies.filter(({ secret }) => typeof secret === 'string')).toHaveLength(1);
    expect(new Set(replies.map(({ apiKey }) => JSON.stringify(apiKey))).size).toBe(1);
  });
});

describe('a secret', () => {
  it('is nowhere in the database and in no log, and neither is a token', async () => {
    const program = await aProgram(deps);
    await aCustomerRow(program, 'c1');
    const secrets = [program.ownerSecret];
    for (const [name, fields, field] of [
      ['secretKeyCreate', { name: 'a', role: 'OWNER' }, 'secret'],
      ['publishableKeyCreate', { name: 'a' }, 'secret'],
      ['apiKeyRotate', { apiKeyId: publicId('ApiKey', program.ownerKeyId) }, 'secret'],
      ['customerTokenMint', { externalId: 'c1' }, 'token'],
    ] as const) {
      const secret = String((await mutate(program, name, fields, field))[field]);
      await resolveCaller(deps, secret).catch(() => undefined);
      await resolveCaller(deps, `${secret}x`).catch(() => undefined);
      secrets.push(secret);
    }
    const stored = await deps.reads.query<{ text: string }>(
      `select t::text as text from idempotency t union all select t::text from api_key t union all select t::text from operator_key t
       union all select t::text from audit_entry t union all select t::text from outbox t`,
    );
    const everything = [...stored.map(({ text }) => text), ...logged].join('\n');
    expect(everything).toContain(program.programId);
    for (const secret of secrets) expect(everything.includes(secret.slice(-20)), secret.slice(0, 4)).toBe(false);
  });
});

describe('the audit', () => {
  it('tells who changed what, newest first, and can be narrowed', async () => {
    const program = await aProgram(deps);
    const { keyId } = await aKey(deps, program, 'DATA_ANALYST');
    await mutate(program, 'apiKeyRevoke', { apiKeyId: publicId('ApiKey', keyId) }, 'apiKey { id }');
    const list = async (where: object) => {
      const { data } = await execute<{ auditEntries: { nodes: { action: string; actor: string; subject: string }[] } }>(
        deps,
        asRole(program, 'DATA_ANALYST'),
        'query ($where: AuditEntryWhere) { auditEntries(where: $where) { nodes { id action actor subject before after recordedAt } } }',
        { where },
      );
      return data?.auditEntries.nodes ?? [];
    };
    expect((await list({})).map(({ action }) => action)).toEqual([
      'api_key.revoked',
      'api_key.created',
      'program.created',
    ]);
    expect((await list({ actor: 'test' })).map(({ action }) => action)).toEqual(['program.created']);
    expect(await list({ action: 'api_key.revoked' })).toEqual([
      expect.objectContaining({
        actor: program.scope.actor,
        subject: publicId('ApiKey', keyId),
        before: { name: 'A key of DATA_ANALYST', prefix: expect.stringMatching(/^lsk_.{8}$/) },
      }),
    ]);
    expect(await list({ subject: publicId('ApiKey', deps.newId()) })).toEqual([]);
  });
});
