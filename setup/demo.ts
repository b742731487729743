// The demo program: made by prisma/seed.ts from real data when it is absent, its keys remembered by the checkout.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { keepSecrets, keptSecrets, ROOT, type DemoKeys } from './laurel-folder.ts';
import { step } from './steps.mjs';

const SEED = join(ROOT, 'prisma', 'seed.ts');

type Demo = { program: string; keys: DemoKeys };
type SeedModule = {
  seedDemo: (options: {
    databaseUrl: string;
    redisUrl: string;
    keys: DemoKeys | undefined;
    progress: (text: string) => void;
  }) => Promise<Demo>;
};

/** Makes sure of the demo program and answers its id and keys; keys that the database does not know are replaced. */
export async function prepareDemo(databaseUrl: string, redisUrl: string): Promise<Demo | undefined> {
  if (!existsSync(SEED)) return undefined;
  const secrets = keptSecrets();
  const { seedDemo } = (await import(pathToFileURL(SEED).href)) as SeedModule;
  const keys = Object.keys(secrets.keys).length === 0 ? undefined : secrets.keys;
  const demo = await step(
    'Preparing the demo program',
    (progress) => seedDemo({ databaseUrl, redisUrl, keys, progress }),
    ({ program }) => program,
  );
  keepSecrets({ ...secrets, keys: demo.keys });
  return demo;
}
