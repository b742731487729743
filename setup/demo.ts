// The demo program: made by prisma/seed.ts from real data when it is absent, its keys remembered by the checkout.
import type { Demo } from '../prisma/seed.ts';
import { keepSecrets, keptSecrets } from './laurel-folder.ts';
import { step } from './steps.mjs';

/** Makes sure of the demo program and answers what there is to look at; keys that the database does not know are replaced. */
export async function prepareDemo(databaseUrl: string, redisUrl: string): Promise<Demo> {
  const secrets = keptSecrets();
  const keys = Object.keys(secrets.keys).length === 0 ? undefined : secrets.keys;
  const demo = await step(
    'Preparing the demo program',
    async (progress) => {
      // Loaded late: the stores need not wait for the whole of Laurel to be read.
      const { seedDemo } = await import('../prisma/seed.ts');
      return seedDemo({ databaseUrl, redisUrl, keys, progress });
    },
    ({ program }) => program,
  );
  keepSecrets({ ...secrets, keys: demo.keys });
  return demo;
}
