import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { firn } from '../../cli/world.ts';
import { readWithPython, readWithZlib } from '../independent/archive-rows.ts';
import { rowsOfTable } from '../independent/canonical.ts';
import { makeProgram, PROGRAM_NOW, type Program } from './program.ts';

/** A page of docs/recipes, and what its program does with the database afterwards. */
export interface Recipe {
  /** The file's name without `.md`. */
  readonly page: string;
  readonly program: Program;
  /** How far the database goes back. */
  readonly days: number;
  /** A statement of the page that clears references after a run. It changes rows of the database, which are compared before. */
  readonly clearing?: string;
  /** Statements of the program itself: the next row, its purge, its listing. Foreign keys are on. */
  afterwards(db: DatabaseSync): void;
}

const PAGES = join(import.meta.dirname, '../../../docs/recipes');

/** Declares the tests of a recipe: the configuration on its page does what the page says. */
export function testRecipe(recipe: Recipe): void {
  const { page, program } = recipe;

  test(`${page}: hot and archived rows are the original, references stay whole, the program goes on`, async (t) => {
    const { folder, database } = place(t, recipe);
    const tables = tablesOf(database);
    const before = new Map(tables.map((table) => [table, rowsOfTable(database, table)]));
    const dangling = danglingIn(database);

    const { stdout, stderr, status } = await run(folder, ['archive', 'all', '--json']);
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout) as { tables: { table: string; status: string; records: number }[] };
    for (const { table, status: end, records } of report.tables)
      assert.ok(end === 'archived' && records > 0, `${table}: ${end}, ${records} records`);

    const archives = join(folder, 'archives');
    const archived = readWithPython(archives) ?? readWithZlib(archives);
    for (const table of tables) {
      const both = [...rowsOfTable(database, table), ...(archived.get(table) ?? [])].sort();
      assert.deepEqual(both, before.get(table), table);
    }
    if (recipe.clearing !== undefined) {
      using db = new DatabaseSync(database);
      db.exec(recipe.clearing);
    }
    assert.ok(danglingIn(database) <= dangling, 'foreign_key_check is worse than before');
    assert.equal((await run(folder, ['verify'])).status, 0);

    using db = new DatabaseSync(database, { enableForeignKeyConstraints: true });
    recipe.afterwards(db);
    db.close();
    const again = await run(folder, ['archive', 'all']);
    assert.equal(again.status, 0, again.stderr);
  });

  test(`${page}: firn init writes the configuration of the page`, async (t) => {
    const { folder, database } = place(t, recipe);
    const stated = await policiesIn(folder);
    const { status, stderr } = await run(folder, ['init', '--force', '--db-path', database]);
    assert.equal(status, 0, stderr);
    assert.deepEqual(await policiesIn(folder), stated);
    assert.match(
      readFileSync(join(folder, 'firn.config.yaml'), 'utf8'),
      new RegExp(`docs/recipes/${page}\\.md`),
    );
  });

  async function policiesIn(folder: string): Promise<unknown> {
    const { status, stdout, stderr } = await run(folder, ['retention', 'policy', '--json']);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  }

  function place(t: TestContext, { page: name }: Recipe): { folder: string; database: string } {
    const folder = mkdtempSync(join(tmpdir(), `firn-${name}-`));
    t.after(() => rmSync(folder, { recursive: true }));
    const yaml = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(PAGES, `${name}.md`), 'utf8'))?.[1];
    assert.ok(yaml !== undefined, `${name}.md has no configuration`);
    writeFileSync(join(folder, 'firn.config.yaml'), yaml);
    const database = join(folder, /^database: (.+)$/m.exec(yaml)![1]!);
    mkdirSync(dirname(database), { recursive: true });
    makeProgram(program, database, { days: recipe.days, rows: 900 });
    return { folder, database };
  }
}

function run(folder: string, argv: readonly string[]): ReturnType<typeof firn> {
  return firn(argv, { cwd: folder, now: PROGRAM_NOW });
}

/** Ordinary tables; shadow tables of a full-text index are no rows of anyone. */
function tablesOf(path: string): string[] {
  using db = new DatabaseSync(path);
  return db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'",
    )
    .all()
    .map(({ name }) => String(name));
}

function danglingIn(path: string): number {
  using db = new DatabaseSync(path);
  return db.prepare('PRAGMA foreign_key_check').all().length;
}
