import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createIdeas } from '../../cli/ideas.ts';
import { firn } from '../../cli/world.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');

test('the library examples of docs/search.md run', async (t) => {
  const { folder, database } = createIdeas(t, join('database', 'ideas.db'));
  await firn(['archive', 'all', '--db-path', database, '--archive-path', join(folder, 'archives')]);
  const examples = [
    ...readFileSync(join(ROOT, 'docs', 'search.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g),
  ];
  assert.ok(examples.length >= 3);
  const library = pathToFileURL(join(ROOT, 'src', 'index.ts')).href;
  for (const [at, [, body]] of examples.entries()) {
    const file = join(folder, `example-${at}.ts`);
    writeFileSync(file, body!.replaceAll("from 'firn-db'", `from '${library}'`));
    const ran = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /tool_uses/);
  }
});
