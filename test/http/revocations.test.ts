import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { Caller } from '#domain/caller.ts';
import { createLiveConnections, type Ending } from '#src/http/connections.ts';
import { concernsCaller } from '#src/http/revocations.ts';

const known = { actor: 'test', permissions: new Set<never>(), expiresAt: null, programId: 'p1', keyId: 'k1' };
const secret: Caller = { ...known, kind: 'SECRET_KEY', role: 'OWNER', adjustmentMax: null };
const customer: Caller = { ...known, kind: 'CUSTOMER', customerId: 'c1', providerId: null };
const none = { programId: 'p1', keyId: null, customerId: null, providerId: null, endsAt: null };

describe('a revocation', () => {
  it('of a key concerns the key and the tokens that it minted', () => {
    const revocation = { ...none, keyId: 'k1' };
    expect([secret, customer].map((caller) => concernsCaller(revocation, caller))).toEqual([true, true]);
    expect(concernsCaller({ ...none, keyId: 'k2' }, secret)).toBe(false);
  });

  it('by rotation concerns the old key alone', () => {
    const rotation = { ...none, keyId: 'k1', endsAt: '2030-01-01T00:00:00.000Z' };
    expect([secret, customer].map((caller) => concernsCaller(rotation, caller))).toEqual([true, false]);
  });

  it("of a customer's tokens concerns that customer in that program alone", () => {
    expect(concernsCaller({ ...none, customerId: 'c1' }, customer)).toBe(true);
    expect(concernsCaller({ ...none, customerId: 'c1', programId: 'p2' }, customer)).toBe(false);
    expect(concernsCaller({ ...none, customerId: 'c2' }, customer)).toBe(false);
  });
});

describe('a live connection', () => {
  it('whose key was rotated stays through the overlap and ends with it', async () => {
    const connections = createLiveConnections(() => new Date());
    const endings: Ending[] = [];
    const isStillWelcome = async (): Promise<boolean> => true;
    connections.add({ caller: secret, close: (ending) => void endings.push(ending), isStillWelcome });
    connections.add({ caller: customer, close: (ending) => void endings.push(ending), isStillWelcome });
    expect(connections.expireWhere(({ kind }) => kind === 'SECRET_KEY', new Date(Date.now() + 100))).toBe(1);
    expect(endings).toEqual([]);
    await sleep(150);
    expect(endings).toEqual(['EXPIRED']);
  });
});
