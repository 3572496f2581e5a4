import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const { XDG_CACHE_HOME, FIRN_TEST_TOOLS } = process.env;
/** Where `scripts/test-tools.sh` installs ClickHouse as a library. */
const FOLDER = join(
  FIRN_TEST_TOOLS ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'firn-test-tools'),
  'chdb@3.4.0',
);

/** Why tests with ClickHouse are skipped; false where there is one. */
export const withoutClickHouse: string | false = existsSync(join(FOLDER, 'whole'))
  ? false
  : `no chdb in ${FOLDER}: scripts/test-tools.sh installs it`;

/** In a process of its own: the library takes over signals and threads. */
const PROGRAM = `
  const { createRequire } = require('node:module');
  const { query } = createRequire(process.argv[1])('chdb');
  let input = '';
  process.stdin.on('data', (text) => { input += text; });
  process.stdin.on('end', () => {
    const answers = JSON.parse(input).map((statement) => query(statement, 'JSONCompactEachRow'));
    process.stdout.write(JSON.stringify(answers.map((text) => text.split('\\n').filter((line) => line !== ''))));
  });`;

/** What ClickHouse answers to each statement, without Firn: the rows' values, integers of 64 bits and counts as text. */
export async function askClickHouse(statements: readonly string[]): Promise<unknown[][][]> {
  const child = spawn(process.execPath, ['-e', PROGRAM, join(FOLDER, 'package.json')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(JSON.stringify(statements.map(withQuotedIntegers)));
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  if (status !== 0) throw new Error(`ClickHouse: ${stderr}`);
  return (JSON.parse(stdout) as string[][]).map((lines) => lines.map((line) => JSON.parse(line)));
}

/** A statement has one list of settings. */
function withQuotedIntegers(statement: string): string {
  const sql = statement.trim().replace(/;$/, '');
  const before = /\bSETTINGS\b/.test(sql) ? ',' : ' SETTINGS';
  return `${sql}${before} output_format_json_quote_64bit_integers = 1`;
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: string[] = [];
  for await (const part of stream) parts.push(String(part));
  return parts.join('');
}
