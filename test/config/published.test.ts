import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configSchemaText, SCHEMA_FILE } from '../../scripts/config-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { readTextFile } from '../../src/config/text-file.ts';
import { formatDuration } from '../../src/model/duration.ts';
import type { Config } from '../../src/model/policy/config.ts';
import { OBSERVABILITY_POLICIES } from '../../src/model/policy/preset.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const docs = read('docs/configuration.md');

interface Keys {
  readonly properties?: Readonly<Record<string, Keys>>;
  readonly additionalProperties?: Keys | boolean;
  readonly anyOf?: readonly Keys[];
}

/** Every key of the file, each with its path: `tables.*.hot`. */
function keysIn(schema: Keys, path = ''): string[] {
  const own = Object.entries(schema.properties ?? {});
  const any =
    typeof schema.additionalProperties === 'object' ? keysIn(schema.additionalProperties, `${path}*.`) : [];
  return [
    ...own.flatMap(([key, inside]) => [path + key, ...keysIn(inside, `${path}${key}.`)]),
    ...any,
    ...(schema.anyOf ?? []).flatMap((form) => keysIn(form, path)),
  ];
}

const keys = keysIn(JSON.parse(configSchemaText()) as Keys);

function load(text: string): Config {
  return loadConfig({ flags: {}, env: {}, cwd: '/work', readFile: () => text });
}

test('the published JSON Schema is what the code checks', () => {
  assert.equal(readFileSync(SCHEMA_FILE, 'utf8'), configSchemaText(), 'run: node scripts/config-schema.ts');
});

test('the documentation names every key', () => {
  assert.ok(
    keys.length >= 30 && keys.includes('tables.*.hot') && keys.includes('hooks.on_failure.url'),
    keys.join(' '),
  );
  const missing = keys.filter((key) => !docs.includes(`| \`${key.split('.').at(-1)}\` |`));
  assert.deepEqual(missing, []);
});

test('the example shows every key and is accepted', () => {
  const path = fileURLToPath(new URL('../../examples/firn.config.yaml', import.meta.url));
  const config = loadConfig({ flags: { config: path }, env: {}, cwd: '/work', readFile: readTextFile });
  assert.equal(config.policies.policies.size, 8);
  const example = read('examples/firn.config.yaml') + read('examples/databases.config.yaml');
  const missing = keys.filter((key) => !new RegExp(`^ *${key.split('.').at(-1)}:`, 'm').test(example));
  assert.deepEqual(missing, []);
});

test('the YAML in the documentation is accepted', () => {
  const blocks = [...docs.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block!);
  assert.equal(blocks.length, 9);
  for (const block of blocks) load(block);
});

test('the documentation tells the preset as it is', () => {
  for (const { table, group, hotMs, warmMs, coldMs, timeColumn, openWhile } of OBSERVABILITY_POLICIES) {
    const ages = [hotMs, warmMs, coldMs].map(formatDuration).join(' | ');
    const row = `| ${table} | ${group} | ${ages} | ${timeColumn} | ${openWhile === null ? '' : `\`${openWhile}\` `}|`;
    assert.ok(docs.includes(row), row);
  }
});
