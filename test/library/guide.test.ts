import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

/* The examples of docs/library.md, in their order and in one fresh folder: they have the types that they seem to have, they run, and they print. */

const ROOT = resolve(import.meta.dirname, '..', '..');
const LIBRARY = join(ROOT, 'src', 'index.ts');
const page = readFileSync(join(ROOT, 'docs', 'library.md'), 'utf8');
const examples = blocks('ts').map((text, at) => ({
  name: `example-${String(at).padStart(2, '0')}.ts`,
  text,
}));
const folder = mkdtempSync(join(tmpdir(), 'firn-guide-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text!,
  );
}

test('the examples were found', () => {
  assert.ok(examples.length >= 10, `${examples.length} examples`);
  assert.equal(blocks('yaml').length, 1);
});

test('the examples have the types that they seem to have', () => {
  const types = join(folder, 'types');
  const options = { ...JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')).compilerOptions };
  const settings = {
    compilerOptions: {
      ...options,
      ...{ paths: { 'firn-db': [LIBRARY] }, typeRoots: [join(ROOT, 'node_modules', '@types')] },
      // What is not used in an example would be in a program.
      ...{ noUnusedLocals: false, declaration: false, isolatedDeclarations: false, skipLibCheck: true },
    },
    files: examples.map(({ name }) => name),
  };
  write(types, 'package.json', JSON.stringify({ type: 'module' }));
  write(types, 'tsconfig.json', JSON.stringify(settings));
  for (const { name, text } of examples) write(types, name, text);
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(tsc, ['-p', types], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
});

function write(place: string, name: string, text: string): void {
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, name), text);
}

/** What each example must print, in their order; null for nothing. */
const PRINTED: readonly (RegExp | null)[] = [
  null,
  /app\.db \[ 'events' \]/,
  /^37\d rows are older than 30 days/,
  /events archived \d{3} .*\n.*files moved to cold, 0 rows purged/s,
  /login\n73 rows, \d+ of them warm; read \d+ of \d+ bytes; complete: true/,
  /^36\d rows in 1[23] months; 5 users\n(warm|cold) .*events\.jsonl\.gz|tar\.gz/,
  /cold \d+n\nhot \d+n\nwarm \d+n/,
  /^1 row is in the live database for 14 days 0\n80 rows of user-4 would be erased, \d+ of them/,
  /^(ok|attention) .*\nevents 1 /,
  /^events .*\n/,
  /^2 true logout/,
  /^not_found .*missing\.db/,
];

test('the examples run one after the other in a fresh folder, and print what is said of them', () => {
  const [yaml] = blocks('yaml');
  write(folder, 'firn.config.yaml', yaml!);
  write(folder, 'package.json', JSON.stringify({ type: 'module' }));
  assert.equal(PRINTED.length, examples.length);
  // In one process, which loads the library once.
  for (const { name, text } of examples)
    write(folder, name, text.replaceAll("from 'firn-db'", `from '${pathToFileURL(LIBRARY).href}'`));
  const runner = examples
    .map(({ name }) => `console.log('>>> ${name}'); await import('./${name}');`)
    .join('\n');
  write(folder, 'runner.ts', runner);
  const ran = spawnSync(process.execPath, ['runner.ts'], { cwd: folder, encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  const outputs = ran.stdout.split(/^>>> .*\n/m).slice(1);
  for (const [at, expected] of PRINTED.entries()) {
    if (expected === null) assert.equal(outputs[at], '', `example ${at}`);
    else assert.match(outputs[at]!, expected, `example ${at}`);
  }
});

test('the table of methods has each of them', async () => {
  const { openFirn } = await import('../../src/index.ts');
  await using firn = await openFirn({ database: join(folder, 'app.db'), archives: join(folder, 'archives') });
  const table = page.slice(page.indexOf('## Methods and commands'));
  const told = new Set([...table.matchAll(/`(\w+)`(?=[^|]*\|)/g)].map(([, name]) => name));
  for (const name of Object.keys(firn))
    if (name !== 'config' && name !== 'close') assert.ok(told.has(name), name);
});
