import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { aCustomer } from '../support/customer.ts';
import { testDatabase } from '../support/database.ts';
import { aProgram, testDeps } from '../support/program.ts';
import { laurel } from './run-laurel.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aProgram(deps);
const { externalId } = await aCustomer(deps, program);

const answer = async <Answer>(...args: string[]): Promise<Answer> => {
  const { exitCode, stdout, stderr } = await laurel([...args, '--json'], url);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
};

test('an operator publishes terms, lists them, and records and withdraws the consent of a customer', async () => {
  const file = join(tmpdir(), `terms-${program.programId}.md`);
  await writeFile(file, 'Be *fair*.');
  const texts = [`en=${file}`, 'de=https://example.com/agb'];
  expect(await answer('terms', 'publish', ...texts, '--title', 'Terms', '--from', '2026-01-01T00:00:00Z')).toEqual({
    version: 1,
  });
  expect(await answer('terms', 'list')).toMatchObject([
    { number: 1, state: 'IN_FORCE', effectiveFrom: '2026-01-01T00:00:00.000Z', languages: ['de', 'en'] },
  ]);
  const said = ['--channel', 'PAPER', '--at', '2026-02-01T00:00:00Z'];
  expect(await answer('terms', 'accept', externalId, '1', '--language', 'de', ...said)).toMatchObject({
    version: 1,
    wasAccepted: false,
  });
  expect(await answer('terms', 'consent', externalId)).toMatchObject({
    missing: null,
    history: [{ action: 'ACCEPTED', version: 1, channel: 'PAPER', language: 'de', byCustomer: false }],
  });
  await answer('terms', 'withdraw', externalId, '--channel', 'PHONE');
  expect(await answer('terms', 'consent', externalId)).toMatchObject({ missing: { version: 1 } });
  const { exitCode, stderr } = await laurel(['terms', 'publish', 'terms.md', '--title', 'Terms'], url);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('en=terms.md') });
});
