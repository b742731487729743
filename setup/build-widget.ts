// `npm run build:widget`: the kit for pages as files, with its types and its size.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';

import { note, say, sayFailure } from './steps.mjs';
import { buildWidget, WIDGET_FILES } from './widget.ts';

const ROOT = resolve(import.meta.dirname, '..');

await buildWidget();
const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
const types = spawnSync(tsc, ['-p', join(ROOT, 'widget', 'tsconfig.types.json')], { encoding: 'utf8' });
if (types.status === 0) {
  for (const file of ['laurel.js', 'laurel.mjs', 'react.mjs']) {
    const content = readFileSync(join(WIDGET_FILES, file));
    say(`widget/dist/${file}  ${content.length} bytes, ${gzipSync(content, { level: 9 }).length} gzipped`);
  }
} else {
  note(types.stdout);
  sayFailure('The types of the kit could not be made.');
  process.exitCode = 1;
}
