import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { takeStatements } from '../../../src/lookup/sql/query/statement-text.ts';
import { createIdeas } from '../ideas.ts';
import { firn, type Outcome, type World } from '../world.ts';

type Shell = (typed: readonly string[], world?: World, ...argv: string[]) => Promise<Outcome>;

async function shellOf(t: TestContext): Promise<Shell> {
  const ideas = createIdeas(t);
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
  return (typed, world = {}, ...argv) => firn(['sql', ...argv, ...ideas.paths], { ...world, typed });
}

test('statements from a pipe: several on a line, over several lines, and the last without a semicolon', async (t) => {
  const shell = await shellOf(t);
  const answer = await shell(
    [
      "SELECT 1 AS a; SELECT ';--' AS b;",
      '-- a comment; with a semicolon',
      'SELECT count(*) AS n',
      'FROM tool_uses',
    ],
    {},
    ...['--format', 'jsonl'],
  );
  assert.deepEqual(
    [answer.status, answer.stdout, answer.stderr],
    [0, '{"a":1}\n{"b":";--"}\n{"n":30}\n', ''],
  );
});

test('a text is cut at the semicolons that end statements', () => {
  const cases: [text: string, statements: string[], rest: string][] = [
    ['a; b;c', ['a', ' b'], 'c'],
    [`'x;''y;'; "a;""b";`, [`'x;''y;'`, ` "a;""b"`], ''],
    ['-- x;\na; /* ; \n; */ b;', ['-- x;\na', ' /* ; \n; */ b'], ''],
    ['$$a;b$$; $t$;$$;$t$;', ['$$a;b$$', ' $t$;$$;$t$'], ''],
    [`a; 'not yet;`, ['a'], ` 'not yet;`],
    [';; ;', [], ''],
  ];
  for (const [text, statements, rest] of cases)
    assert.deepEqual(takeStatements(text), { statements, rest }, text);
});

test('commands choose the format, time statements, and show tables and columns', async (t) => {
  const shell = await shellOf(t);
  const answer = await shell([
    '.mode line',
    "SELECT 1 AS a, 'x' AS bc;",
    '.mode csv',
    'SELECT 2 AS a;',
    '.timer on',
    'SELECT 3 AS a;',
    '.timer off',
    '.schema tool_uses',
    '.help',
    '.quit',
    'SELECT 4;',
  ]);
  assert.equal(answer.status, 0, answer.stderr);
  assert.match(
    answer.stdout,
    /^ a = 1\nbc = x\na\r\n2\r\na\r\n3\r\nCREATE TABLE "tool_uses" \(\n {2}"id" VARCHAR,\n/,
  );
  assert.match(answer.stdout, /\n {2}"_archived_at" VARCHAR,\n {2}"_tier" VARCHAR\n\);\n\.help /);
  assert.match(answer.stderr, /^\d+ ms\n$/);
});

test('.schema without a table shows every table, with the types of its view', async (t) => {
  const { stdout } = await (await shellOf(t))(['.schema']);
  const tables = (await (await shellOf(t))(['.tables'])).stdout.trim().split('\n');
  assert.deepEqual(
    [...stdout.matchAll(/^CREATE TABLE "(.*)" \($/gm)].map(([, name]) => name),
    tables,
  );
});

test('a wrong command or statement does not end the shell, and is its exit status in a pipe', async (t) => {
  const shell = await shellOf(t);
  for (const wrong of [
    '.mode xml',
    '.timer',
    '.read /etc/passwd',
    '.schema nothing',
    'SELEC 1;',
    "COPY (SELECT 1) TO '/tmp/x';",
  ]) {
    const typed = [wrong, 'SELECT 1 AS a;'];
    const piped = await shell(typed, {}, '--format', 'jsonl');
    assert.deepEqual([piped.status, piped.stdout], [2, '{"a":1}\n'], wrong);
    assert.match(piped.stderr, /could not/i, wrong);
    const terminal = await shell(typed, { isTTY: true }, '--format', 'jsonl');
    assert.equal(terminal.status, 0, wrong);
  }
});

test('--json prints an array, and an error as an object', async (t) => {
  const shell = await shellOf(t);
  const run = await shell([], {}, '--json', 'SELECT 1 AS a');
  assert.deepEqual([run.status, JSON.parse(run.stdout)], [0, [{ a: 1 }]]);
  const failed = await shell([], {}, '--json', 'SELEC 1');
  assert.deepEqual([failed.status, JSON.parse(failed.stdout).error.code], [2, 'usage']);
});

test('a table fits 80 columns, and the columns that do not fit are named', async (t) => {
  const shell = await shellOf(t);
  const columns = Array.from({ length: 12 }, (_, at) => `'some words' AS column_${at}, ${at} AS n${at}`);
  const wide = `SELECT ${columns.join(', ')}`;
  const { stdout, stderr } = await shell([], {}, wide);
  const [header, ...lines] = stdout.split('\n');
  assert.ok([header!, ...lines].every((line) => line.length <= 80));
  const [, named] = /^Columns that do not fit: (.*)\. Pass --format line/m.exec(stderr)!;
  assert.equal(header!.trim().split(/ +/).length + named!.split(', ').length, 24);
  assert.match((await shell([], {}, wide, '--format', 'line')).stdout, / +n11 = 11\n$/);
});

test('limits come from the option, then the environment', async (t) => {
  const shell = await shellOf(t);
  const limit = async (world: World, ...argv: string[]): Promise<string> =>
    (await shell([], world, "SELECT current_setting('memory_limit') AS m", '--format', 'jsonl', ...argv))
      .stdout;
  assert.equal(await limit({}), '{"m":"953.6 MiB"}\n');
  assert.equal(await limit({ env: { FIRN_SQL_MEMORY: '500MB' } }), '{"m":"476.8 MiB"}\n');
  assert.equal(await limit({ env: { FIRN_SQL_MEMORY: '500MB' } }, '--memory', '2GB'), '{"m":"1.8 GiB"}\n');
  assert.equal((await shell([], {}, 'SELECT 1', '--spill', 'much')).status, 2);
  assert.equal((await shell([], { env: { FIRN_SQL_SPILL: '7' } }, 'SELECT 1')).status, 2);
});

test('--verbose tells what a statement cost', async (t) => {
  const { stderr } = await (await shellOf(t))([], {}, 'SELECT count(*) FROM tool_uses', '--verbose');
  assert.match(
    stderr,
    /^\d+ ms; tool_uses: \d+ of \d+ archive files, [\d.]+ kB read, 9 rows of the database$/m,
  );
});
