import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createDemoDatabase } from '../../src/demo/demo-database.ts';
import { instantOfMs } from '../../src/model/instant.ts';
import { firn } from '../cli/world.ts';
import { PROGRAMS } from '../support/programs/all.ts';
import { makeProgram } from '../support/programs/program.ts';
import { type Block, documentedBlocks } from './documented-blocks.ts';
import { mustRun, type Ran, runIn } from './packed-package.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Blocks that other tests run or check, since they need more than a package and a database. */
const ELSEWHERE: readonly (readonly [page: RegExp, language: string, test: string])[] = [
  [/^docs\/format\.md$/, 'python', 'test/format/documentation.test.ts'],
  [/^docs\/operations\.md$/, 'yaml', 'test/operate/status/operations-page.test.ts'],
  [/^docs\/s3\.md$/, 'json', 'test/scenario/bucket/least-privilege.test.ts'],
  [/^docs\/s3\.md$/, 'console', 'test/scenario/bucket/frozen.test.ts'],
  [/^docs\/s3\.md$/, 'yaml', 'test/scenario/bucket/least-privilege.test.ts'],
  [/^docs\/s3\.md$/, 'sql', 'test/scenario/bucket/clickhouse.test.ts'],
  [/^docs\/s3\.md$/, 'sh', 'test/scenario/bucket/other-readers.test.ts'],
  [/^docs\/lake\.md$/, 'sql', 'test/lake/other-engines.test.ts'],
  [/^docs\/recipes\/home-assistant\.md$/, 'sql', 'test/recipes/home-assistant.test.ts'],
  [/^docs\/notifications\.md$/, 'yaml', 'test/operate/alarms/notification-recipes.test.ts'],
  [/^docs\/notifications\.md$/, 'sh', 'test/operate/alarms/notification-recipes.test.ts'],
  [/^docs\/recipes\//, 'yaml', 'test/support/programs/recipe-trial.ts'],
];
/** Output and layouts: nothing to run. */
const NOTHING_TO_RUN = ['text', 'json', ''];

/** Its examples make their database; its settings are the configuration of all of them. */
const LIBRARY = 'docs/library.md';
const README = 'README.md';
const MANY = 'docs/many-databases.md';

/** What the scripts of a page print among other things. */
const PRINTED: Readonly<Record<string, readonly RegExp[]>> = {
  'README.md': [
    /have the same rows and values as before/,
    /managed: job, time column created_at/,
    /Archive Results:[\s\S]*Total: 3\d\d\d records/,
    /job_log/,
    /No problems found/,
  ],
  'docs/search.md': [/run-1|tool_uses/],
};

interface Installed {
  /** An empty folder. */
  readonly place: string;
  /** The `bin` and `node_modules` of the installed package. */
  readonly bin: string;
  readonly modules: string;
}

/** Declares a test for each page with blocks: they run with the installed package, in a folder of their own. */
export async function testSnippets({ place, bin, modules }: Installed): Promise<void> {
  const blocks = documentedBlocks(ROOT);
  const elsewhere = (block: Block) =>
    ELSEWHERE.find(([page, language]) => page.test(block.page) && language === block.language)?.[2];
  const path = [bin, dirname(process.execPath), process.env.PATH].join(':');
  symlinkSync(modules, join(place, 'node_modules'));
  const world = makeWorld(place, path);

  test('every block of README and docs is run, checked elsewhere, or says why not', (t) => {
    const known = ['sh', 'console', 'ts', 'yaml'];
    const left = blocks.filter(
      (block) =>
        block.reason === null &&
        elsewhere(block) === undefined &&
        ![...known, ...NOTHING_TO_RUN].includes(block.language),
    );
    assert.deepEqual(
      left.map(({ page, line, language }) => `${page}:${line} ${language}`),
      [],
    );
    for (const [, , file] of ELSEWHERE) assert.ok(existsSync(join(ROOT, file)), file);
    const marked = blocks.filter(({ reason }) => reason !== null);
    t.diagnostic(
      `${marked.length} blocks are not run: ${marked.map(({ page, line }) => `${page}:${line}`).join(', ')}`,
    );
    assert.ok(marked.length <= 8, 'more blocks are left out than run elsewhere: is each of them needed?');
  });

  for (const [page, ofPage] of Object.entries(Object.groupBy(blocks, (block) => block.page))) {
    const run = ofPage!.filter((block) => block.reason === null && elsewhere(block) === undefined);
    const [scripts, programs, settings] = [['sh', 'console'], ['ts'], ['yaml']].map((languages) =>
      run.filter((block) => languages.includes(block.language)),
    ) as [Block[], Block[], Block[]];
    if (scripts.length + programs.length + settings.length === 0) continue;
    test(`${page}: ${scripts.length} scripts, ${programs.length} programs, ${settings.length} settings`, async () => {
      const folder = await folderFor(page, place, world);
      if (page === LIBRARY || page === MANY)
        writeFileSync(join(folder, 'firn.config.yaml'), settings[0]!.text.replace(/\/srv\b/g, folder));
      if (scripts.length > 0) runScripts(folder, scripts, path);
      // What the README archives is not the database of its program.
      const other = page === README ? copyOf(world, `${folder}-program`) : folder;
      if (programs.length > 0) runPrograms(other, programs, path);
      if (settings.length > 0 && page !== MANY) readSettings(folder, settings, path);
    });
  }
}

/** Databases of the demonstration at the default paths, with some rows that the pages name. */
function makeWorld(place: string, path: string): string {
  const world = join(place, 'world');
  mustRun(place, 'firn', ['demo', '--dir', world, '--rows', '2000'], { PATH: path });
  mkdirSync(join(world, 'database'));
  renameSync(join(world, 'ideas.db'), join(world, 'database', 'ideas.db'));
  writeFileSync(join(world, 'firn.config.yaml'), 'database: database/ideas.db\narchives: archives\n');
  using db = new DatabaseSync(join(world, 'database', 'ideas.db'), { enableForeignKeyConstraints: false });
  db.exec("UPDATE tool_uses SET execution_id = 'run-1' WHERE rowid IN (SELECT rowid FROM tool_uses LIMIT 3)");
  return world;
}

async function folderFor(page: string, place: string, world: string): Promise<string> {
  const folder = join(place, page.replaceAll(/\W+/g, '-'));
  const recipe = /^docs\/recipes\/(.+)\.md$/.exec(page)?.[1];
  if (page === LIBRARY || page === README) mkdirSync(folder);
  else if (page === MANY) makeSeveral(folder);
  else if (recipe === undefined) copyOf(world, folder);
  else await makeRecipe(recipe, folder);
  return folder;
}

/** The databases that the settings of the page name. */
function makeSeveral(folder: string): void {
  for (const [seed, name] of ['agents/alice', 'shared', 'agents/test-1'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    const now = instantOfMs(Date.now());
    createDemoDatabase(join(folder, name, 'ideas.db'), { rows: 1000, days: 40, now, seed });
  }
}

function copyOf(world: string, folder: string): string {
  cpSync(world, folder, { recursive: true });
  return folder;
}

/** The program's database, archived with the configuration of its page. */
async function makeRecipe(name: string, folder: string): Promise<void> {
  const yaml = documentedBlocks(ROOT).find(
    ({ page, language }) => page === `docs/recipes/${name}.md` && language === 'yaml',
  )!.text;
  const database = join(folder, /^database: (.+)$/m.exec(yaml)![1]!);
  mkdirSync(dirname(database), { recursive: true });
  writeFileSync(join(folder, 'firn.config.yaml'), yaml);
  const program = PROGRAMS.find((each) => each.name.toLowerCase().replaceAll(/\W+/g, '-').includes(name));
  makeProgram(program!, database, { days: 100, rows: 150 });
  const { status, stderr } = await firn(['archive', 'all', '--quiet'], { cwd: folder, now: Date.now() });
  assert.equal(status, 0, stderr);
}

/** Each is the whole or a part of a valid configuration. */
function readSettings(folder: string, settings: readonly Block[], path: string): void {
  const files = settings.map(({ page, line, text }, at) => {
    writeFileSync(join(folder, `settings-${at}.yaml`), text);
    return [`${page}:${line}`, `settings-${at}.yaml`];
  });
  const program = `import { openFirn } from 'firn-db';
for (const [where, config] of ${JSON.stringify(files)}) {
  console.error(where);
  await using firn = await openFirn({ config, database: 'database/ideas.db', archives: 'archives' });
}`;
  passed(
    runIn(folder, process.execPath, ['--input-type=module', '-e', program], { PATH: path }),
    'the last line on stderr',
  );
}

/** Those of a page one after the other, in one process, which loads the library once. */
function runPrograms(folder: string, programs: readonly Block[], path: string): void {
  const lines = programs.map(({ page, line, text }, at) => {
    writeFileSync(join(folder, `example-${at}.ts`), text);
    return `console.error(${JSON.stringify(`${page}:${line}`)}); await import('./example-${at}.ts');`;
  });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'examples.ts'), lines.join('\n'));
  const ran = runIn(folder, process.execPath, ['examples.ts'], { PATH: path });
  passed(ran, 'the last line on stderr');
  assert.ok(ran.stdout.trim().split('\n').length >= programs.length / 2, ran.stdout);
}

/** All of a page in one shell, since exports last. */
function runScripts(folder: string, scripts: readonly Block[], path: string): void {
  const lines = scripts.flatMap(({ page, line, language, text }) => {
    const commands = commandLines(text, language).map((command) => adapted(command, folder));
    for (const command of commands) provideDatabase(folder, command);
    return commands
      .filter((command) => command !== '')
      .map((command) => `echo ${quoted(`${page}:${line}: ${command}`)} >&2\n${command}`);
  });
  const ran = runIn(folder, '/bin/sh', ['-ec', lines.join('\n')], { PATH: path, TMPDIR: folder });
  passed(ran, 'the last line on stderr');
  for (const pattern of PRINTED[scripts[0]!.page] ?? []) assert.match(ran.stdout, pattern);
}

/** Status 1 is also that of a check that found something, and of a search without a match. An error is told from it by its first word. */
const MAY_FIND_SOMETHING = ' || [ $? -eq 1 ]';

function commandLines(text: string, language: string): string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return language === 'sh' ? lines : lines.flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
}

/** What a test does otherwise than a user: it has installed already, installs no schedule, stops servers, and has paths of its own. */
function adapted(line: string, folder: string): string {
  const command = line
    .replace(/\s+#.*$/, '')
    .replace(/^npm ci && /, '')
    .replace(/\bnpx firn\b/g, 'firn')
    .replace(/\/srv\/\w+/g, folder)
    .replace(/ --(un)?install\b/, '')
    .replace(/\bfirn demo(?! .*--rows)/, 'firn demo --rows 2000')
    .replace(/(?<=--output )\/var\/lib\/\S*\//, '')
    .replace(/^firn (web|run)\b/, 'timeout --preserve-status -s TERM 3 firn $1');
  if (/^(npm (ci|install|i|pack|test)\b|git clone|cd )/.test(command)) return '';
  return command.startsWith('firn ') ? `${command}${MAY_FIND_SOMETHING}` : command;
}

/** A page may name any database of the reader's. */
function provideDatabase(folder: string, command: string): void {
  const name = /\bfirn (?:init |.*--db-path )([\w./-]+\.(?:db|sqlite3?))\b/.exec(command)?.[1];
  if (name === undefined || existsSync(join(folder, name))) return;
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  using db = new DatabaseSync(join(folder, name));
  // Jobs of the last 200 days and their log.
  db.exec(`CREATE TABLE job (id INTEGER PRIMARY KEY, name TEXT, created_at TEXT);
    CREATE TABLE job_log (id INTEGER PRIMARY KEY, job_id INTEGER REFERENCES job (id), line TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO job SELECT i, 'job ' || i % 7, datetime('now', ((i - 2000) * 144) || ' minutes') FROM n;
    INSERT INTO job_log SELECT id, id, 'line of ' || name FROM job`);
}

function passed({ status, stdout, stderr }: Ran, where: string): void {
  const failed = status !== 0 || /^error: /m.test(stderr);
  assert.ok(!failed, `${where}: ${status}\n${stdout.slice(-1500)}\n${stderr.slice(-3000)}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
