import { createReadStream } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';

import type { Command } from 'commander';
import { z } from 'zod';

import { CODES_MAX, importRewardCodes } from '#app/reward/import-codes.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { stockLeft } from '#domain/reward/can-redeem.ts';
import { textsFor } from '#domain/reward/texts.ts';
import type { Deps } from '#src/deps.ts';
import { countCodes } from '#storage/reward-code-store.ts';
import { readStock } from '#storage/reward-stock-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError, type Answer } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const program = z.string().optional();
const REFUSED_SHOWN = 20;

/** laurel reward list|import-codes */
export function addReward(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'reward', 'rewards of a program');
  addCommand(cli, group, {
    usage: 'list',
    description: 'list the live rewards with what is left of them',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, _args, options) =>
      listRewards(running.deps(), (await pickProgram(running.deps(), options.program)).id),
  });
  addCommand(cli, group, {
    usage: 'import-codes <file>',
    description: 'add the codes of a file, one a line, to the pool of a reward',
    configure: (command) =>
      programOption(command)
        .requiredOption('-r, --reward <code>', 'code of a reward of the kind CODE_POOL, live or in the draft')
        .addHelpText('after', '\nCodes that the pool has are passed over, so that a stopped import can be run again.'),
    options: z.object({ program, reward: z.string() }),
    run: async (running, [file = ''], options) => {
      const { id } = await pickProgram(running.deps(), options.program);
      return importCodes(running, id, options.reward, file);
    },
  });
}

async function listRewards(deps: Deps, programId: string): Promise<Answer> {
  const { rewards } = (await deps.catalogues.current(programId)).ruleSet;
  const ids = rewards.all.map(({ reward }) => reward.id);
  const [stock, codes] = await Promise.all([
    readStock(deps.reads, programId, ids),
    countCodes(deps.reads, programId, ids),
  ]);
  const json = rewards.all.map(({ reward, currency }) => {
    const taken = stock.get(reward.id) ?? { reserved: 0, issued: 0 };
    return {
      id: publicId('Reward', reward.id),
      code: reward.code,
      kind: reward.fulfilment.kind,
      name: textsFor(reward.texts, null).name,
      points: reward.price.points,
      currency: currency.code,
      paused: reward.paused,
      stockLeft: stockLeft(reward.stock, taken),
      reserved: taken.reserved,
      issued: taken.issued,
      codesFree: reward.fulfilment.kind === 'CODE_POOL' ? (codes.get(reward.id)?.free ?? 0) : null,
    };
  });
  const rows = json.map((it) => [
    it.code,
    it.kind,
    it.points,
    it.stockLeft,
    it.reserved,
    it.issued,
    it.codesFree,
    it.paused ? `${it.name} (paused)` : it.name,
  ]);
  const headings = ['CODE', 'KIND', 'POINTS', 'LEFT', 'RESERVED', 'ISSUED', 'CODES', 'NAME'];
  return { json, text: formatTable(headings, rows) };
}

/** Streams the file: whatever its size, as many codes as one call takes are in memory. */
async function importCodes(cli: Cli, programId: string, rewardCode: string, file: string): Promise<Answer> {
  if (file === '') throw new UsageError('Name a file with one code a line; - reads standard input.');
  const total = { imported: 0, duplicates: 0, invalid: 0 };
  const refused: { line: number; reason: string }[] = [];
  let codes: { line: number; code: string }[] = [];
  const send = async (): Promise<void> => {
    if (codes.length === 0) return;
    const input = { rewardCode, codes: codes.map(({ code }) => code) };
    const scope = { programId, actor: ACTOR };
    const result = await importRewardCodes(cli.deps(), scope, newCommand('rewardCodesImport', input), input);
    total.imported += result.imported;
    for (const { index, reason } of result.refused) {
      total[reason === 'DUPLICATE' ? 'duplicates' : 'invalid'] += 1;
      if (refused.length < REFUSED_SHOWN) refused.push({ line: codes[index]?.line ?? 0, reason });
    }
    cli.say(`${total.imported} codes so far`);
    codes = [];
  };
  let line = 0;
  for await (const code of linesOf(file)) {
    line += 1;
    if (code.trim() !== '') codes.push({ line, code });
    if (codes.length === CODES_MAX) await send();
  }
  await send();
  const lines = refused.map((one) => `line ${one.line}: ${one.reason === 'DUPLICATE' ? 'known already' : 'no code'}`);
  const summary = `${total.imported} codes were imported, ${total.duplicates} were known already, ${total.invalid} are no codes.`;
  return { json: { ...total, refused }, text: [summary, ...lines].join('\n') };
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file, 'utf8');
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? new InvalidInputError(`There is no file ${file}.`)
      : error;
  }
}
