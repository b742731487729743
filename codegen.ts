/**
 * Writes what is derived from the schema: the checked-in SDL of both surfaces, the permission matrix, and typed operations
 * for tests and widgets. `test/architecture/schema.test.ts` fails when one of them is out of date.
 */
import { writeFile } from 'node:fs/promises';

import { generatedFiles } from './schema/generated-files.ts';

for (const [path, content] of await generatedFiles()) {
  await writeFile(new URL(path, import.meta.url), content);
  process.stdout.write(`wrote ${path}\n`);
}
