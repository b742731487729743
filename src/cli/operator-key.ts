import type { Command } from 'commander';
import { z } from 'zod';

import { createOperatorKey } from '#app/operator-key/create.ts';
import { revokeOperatorKey } from '#app/operator-key/revoke.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { listOperatorKeys } from '#storage/operator-key-store.ts';

import { ACTOR } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError } from './command.ts';
import { formatTable } from './table.ts';

/** laurel operator-key create|list|revoke */
export function addOperatorKey(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'operator-key', 'keys of the installation, which create and archive programs');
  addCommand(cli, group, {
    usage: 'create',
    description: 'make an operator key; its secret is shown this once',
    configure: (command) => command.requiredOption('--name <name>', 'what the key is for'),
    options: z.object({ name: z.string() }),
    run: async (running, _args, { name }) => {
      const { keyId, prefix, secret } = await createOperatorKey(running.deps(), ACTOR, { name });
      const id = publicId('OperatorKey', keyId);
      return { json: { id, prefix, secret }, text: `${id}\n${secret}\nKeep the second line: it is not shown again.` };
    },
  });
  addCommand(cli, group, {
    usage: 'list',
    description: 'list the operator keys, oldest first',
    run: async (running) => {
      const keys = (await listOperatorKeys(running.deps().reads)).map((key) => ({
        ...key,
        id: publicId('OperatorKey', key.id),
      }));
      const rows = keys.map(({ id, name, prefix, createdAt, revokedAt }) => [
        id,
        name,
        `${prefix}…`,
        createdAt.toISOString(),
        revokedAt === null ? 'active' : `revoked ${revokedAt.toISOString()}`,
      ]);
      return { json: keys, text: formatTable(['ID', 'NAME', 'KEY', 'CREATED', 'STATE'], rows) };
    },
  });
  addCommand(cli, group, {
    usage: 'revoke <id>',
    description: 'end an operator key at once',
    run: async (running, [wanted = '']) => {
      const keyId = uuidOf('OperatorKey', wanted);
      if (keyId === null) throw new UsageError(`${wanted} is no id of an operator key.`);
      await revokeOperatorKey(running.deps(), ACTOR, { keyId });
      return { json: { id: wanted, revoked: true }, text: `${wanted} is revoked.` };
    },
  });
}
