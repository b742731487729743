import type { Command } from 'commander';
import { z } from 'zod';

import { createApiKey, type ApiKeyCreateInput } from '#app/api-key/create.ts';
import { installationGrantor, type Grantor } from '#app/api-key/grant.ts';
import { findApiKeyPage } from '#app/api-key/list.ts';
import { revokeApiKey } from '#app/api-key/revoke.ts';
import { OVERLAP_MINUTES_DEFAULT, rotateApiKey } from '#app/api-key/rotate.ts';
import { PERMISSIONS, ROLES } from '#domain/caller.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { apiKeyStateAt } from '#storage/api-key-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError, type Answer } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const KEYS_MAX = 10_000;
const program = z.string().optional();
const Create = z.object({
  program,
  name: z.string(),
  role: z
    .string()
    .transform((role) => role.toUpperCase().replaceAll('-', '_'))
    .pipe(z.enum(ROLES, `one of ${ROLES.join(', ')}`))
    .optional(),
  publishable: z.boolean().default(false),
  scope: z.array(z.enum(PERMISSIONS, `one of ${PERMISSIONS.join(', ')}`)).optional(),
  adjustmentMax: z.coerce.number().int().min(1).optional(),
  origin: z.array(z.string()).optional(),
});

/** laurel key create|list|rotate|revoke */
export function addKey(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'key', 'keys of a program');
  addCommand(cli, group, {
    usage: 'create',
    description: 'make a key; a secret one is shown this once',
    configure: (command) =>
      programOption(command)
        .requiredOption('--name <name>', 'what the key is for')
        .option('--role <role>', `role of a secret key: ${ROLES.join(', ')}`)
        .option('--publishable', 'make a publishable key, which anybody may see, in place of a secret one')
        .option('--scope <permission...>', 'narrow the role to these permissions')
        .option('--adjustment-max <points>', 'most points that one manual adjustment with this key may move')
        .option('--origin <origin...>', 'origins from which a publishable key may be used'),
    options: Create,
    run: (running, _args, options) => createKey(running, options),
  });
  addCommand(cli, group, {
    usage: 'list',
    description: 'list the keys, newest first',
    configure: programOption,
    options: z.object({ program }),
    run: (running, _args, options) => listKeys(running, options.program),
  });
  addCommand(cli, group, {
    usage: 'rotate <id>',
    description: 'make a successor that can do the same; the old key ends after an overlap',
    configure: (command) =>
      programOption(command).option(
        '--overlap-minutes <minutes>',
        'how long both are taken',
        String(OVERLAP_MINUTES_DEFAULT),
      ),
    options: z.object({ program, overlapMinutes: z.coerce.number().int() }),
    run: async (running, [id = ''], options) => {
      const input = { keyId: keyIdOf(id), overlapMinutes: options.overlapMinutes };
      const { keyId, secret } = await rotateApiKey(
        running.deps(),
        await grantor(running, options.program),
        newCommand('keyRotate', input),
        input,
      );
      const json = { id: publicId('ApiKey', keyId), secret, replaces: id };
      return {
        json,
        text: `${json.id}\n${secret}\nKeep the second line: it is not shown again. ${id} is taken for ${options.overlapMinutes} more minutes.`,
      };
    },
  });
  addCommand(cli, group, {
    usage: 'revoke <id>',
    description: 'end a key at once, with every stream that it opened',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, [id = ''], options) => {
      const input = { keyId: keyIdOf(id) };
      await revokeApiKey(
        running.deps(),
        await grantor(running, options.program),
        newCommand('keyRevoke', input),
        input,
      );
      return { json: { id, revoked: true }, text: `${id} is revoked.` };
    },
  });
}

async function createKey(cli: Cli, options: z.output<typeof Create>): Promise<Answer> {
  const { name, role, scope, adjustmentMax, origin, publishable } = options;
  if (publishable === (role !== undefined)) throw new UsageError('Give --role for a secret key, or --publishable.');
  const input: ApiKeyCreateInput =
    role === undefined
      ? { kind: 'PUBLISHABLE', name, allowedOrigins: origin ?? [] }
      : { kind: 'SECRET', name, role, scopes: scope ?? null, adjustmentMax: adjustmentMax ?? null };
  const { keyId, secret } = await createApiKey(
    cli.deps(),
    await grantor(cli, options.program),
    newCommand('keyCreate', input),
    input,
  );
  const json = { id: publicId('ApiKey', keyId), kind: input.kind, role: role ?? null, secret };
  return { json, text: `${json.id}\n${secret}\nKeep the second line: it is not shown again.` };
}

async function listKeys(cli: Cli, wanted: string | undefined): Promise<Answer> {
  const deps = cli.deps();
  const { id } = await pickProgram(deps, wanted);
  const page = { after: null, before: null, backwards: false, limit: KEYS_MAX };
  const keys = (await findApiKeyPage(deps, id, { kind: null, state: null }, page)).map((key) => ({
    id: publicId('ApiKey', key.id),
    name: key.name,
    kind: key.kind,
    role: key.role,
    key: `${key.prefix}…`,
    state: apiKeyStateAt(key, deps.clock()),
    createdAt: key.createdAt.toISOString(),
  }));
  const headings = ['ID', 'NAME', 'KIND', 'ROLE', 'KEY', 'STATE', 'CREATED'];
  return {
    json: keys,
    text: formatTable(
      headings,
      keys.map((key) => Object.values(key)),
    ),
  };
}

async function grantor(cli: Cli, wanted: string | undefined): Promise<Grantor> {
  const { id } = await pickProgram(cli.deps(), wanted);
  return installationGrantor(id, ACTOR);
}

function keyIdOf(id: string): string {
  const uuid = uuidOf('ApiKey', id);
  if (uuid === null) throw new UsageError(`${id} is no id of a key.`);
  return uuid;
}
