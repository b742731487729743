import { describe, expect, test } from 'vitest';

import { codeOf, sourceFiles, type SourceFile } from './tree.ts';

const SERVICE = ['schema', 'subscriptions', 'src', 'prisma'];
const EVERYTHING = [...SERVICE, 'setup', 'bench', 'widget'];
const LINES_MAX = 300;

type Rule = {
  title: string;
  folders: readonly string[];
  /** Files that the rule is about to keep in one place. */
  except: readonly string[];
  pattern: RegExp;
  /** A line that breaks the rule: shows that the test would notice. */
  planted: string;
};

const RULES: readonly Rule[] = [
  {
    title: 'the environment is read in src/config.ts only',
    folders: SERVICE,
    except: ['src/config.ts'],
    pattern: /process\.env|import \{[^}]*\benv\b[^}]*\} from 'node:process'/,
    planted: 'const url = process.env.DATABASE_URL;',
  },
  {
    title: 'src/domain has no clock',
    folders: ['src/domain'],
    except: [],
    pattern: /new Date\(\)|Date\.now|performance\.|Temporal\.Now|setTimeout|setInterval/,
    planted: 'const now = new Date();',
  },
  {
    title: 'src/domain has no randomness',
    folders: ['src/domain'],
    except: [],
    pattern: /Math\.random|randomUUID|randomBytes|uuidv7\(/,
    planted: 'const id = randomUUID();',
  },
  {
    title: 'src/domain does no I/O',
    folders: ['src/domain'],
    except: [],
    pattern: /\bfetch\(|from 'node:|\bawait\b/,
    planted: "import { readFile } from 'node:fs/promises';",
  },
  {
    title: 'Redis keys and channels are spelled in two files only',
    folders: SERVICE,
    except: ['src/redis/keys.ts', 'subscriptions/channels.ts'],
    pattern: /['"`]laurel:[a-z{$]/,
    planted: 'const key = `laurel:board:${id}`;',
  },
  {
    title: 'a fraction becomes points in one file only',
    folders: ['src/domain/earning', 'src/domain/ledger', 'src/app/ledger', 'src/app/activity'],
    except: ['src/domain/earning/award.ts'],
    pattern: /Math\.(round|floor|ceil|trunc)|\.toFixed\(\d/,
    planted: 'const points = Math.round(amount);',
  },
  {
    title: 'nothing is untyped',
    folders: EVERYTHING,
    except: [],
    pattern: /\bas any\b|: any\b|<any>/,
    planted: 'const row = value as any;',
  },
];

/** Lines of code that match, as `path:line text`. */
function offences(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    codeOf(file.text)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1} ${line.trim()}`] : [])),
  );
}

/** Files with more lines of code than fit a reader's head; comments and blank lines are free. */
function tooLong(files: readonly SourceFile[]): string[] {
  const lines = (file: SourceFile): number =>
    codeOf(file.text)
      .split('\n')
      .filter((line) => line.trim() !== '').length;
  return files.filter((file) => lines(file) > LINES_MAX).map((file) => `${file.path}: ${lines(file)}`);
}

describe.each(RULES)('$title', ({ folders, except, pattern, planted }) => {
  test('holds', () => {
    const files = sourceFiles(folders).filter((file) => !except.includes(file.path));
    expect(files.length).toBeGreaterThan(0);
    expect(offences(files, pattern)).toEqual([]);
  });

  test('would be noticed when broken', () => {
    expect(offences([{ path: 'planted.ts', text: `// fine\n${planted}\n` }], pattern)).toEqual([
      `planted.ts:2 ${planted}`,
    ]);
  });
});

describe('files', () => {
  test(`have at most ${LINES_MAX} lines of code`, () => {
    expect(tooLong(sourceFiles(EVERYTHING))).toEqual([]);
    expect(tooLong([{ path: 'planted.ts', text: 'call();\n'.repeat(LINES_MAX + 1) }])).toHaveLength(1);
  });

  test('suppress no check', () => {
    const suppressed = /@ts-(ignore|nocheck)|oxlint-disable|eslint-disable/;
    expect(
      sourceFiles(EVERYTHING)
        .filter((file) => suppressed.test(file.text))
        .map((file) => file.path),
    ).toEqual([]);
    expect(suppressed.test('// @ts-ignore')).toBe(true);
  });

  test('stand in folders named after what they hold', () => {
    const loose = /(^|\/)(utils?|helpers?|common|lib|misc)(\/|\.ts$)/;
    expect(
      sourceFiles()
        .filter((file) => loose.test(file.path))
        .map((file) => file.path),
    ).toEqual([]);
    expect(loose.test('src/utils/dates.ts')).toBe(true);
  });
});
