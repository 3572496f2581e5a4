import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { OLD_WORDS } from './old-words.ts';
import { textsOfDocument, textsOfSource, type UserText } from './user-text.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

const patterns = OLD_WORDS.map(([pattern, instead]) => ({ pattern: new RegExp(pattern, 'i'), instead }));

function oldWordsIn(path: string, texts: readonly UserText[]): string[] {
  return texts.flatMap(({ line, text }) =>
    patterns.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(text);
      return found === null ? [] : [`${path}:${line}: "${found[0]}" (write: ${instead})`];
    }),
  );
}

test('no text that the program prints has the old wording', () => {
  const paths = globSync('src/**/*.ts', { cwd: ROOT });
  let texts = 0;
  const found = paths.flatMap((path) => {
    const own = textsOfSource(readFileSync(join(ROOT, path), 'utf8'));
    texts += own.length;
    return oldWordsIn(path, own);
  });
  assert.ok(texts > 4000, `${texts} texts in ${paths.length} files`);
  assert.deepEqual(found, []);
});

test('no document for users has the old wording', () => {
  const paths = globSync(['README.md', 'CHANGELOG.md', 'docs/*.md', 'schema/*.json', 'examples/*'], {
    cwd: ROOT,
  });
  for (const path of ['README.md', 'CHANGELOG.md', 'docs/cli.md', 'schema/config.schema.json'])
    assert.ok(paths.includes(path), path);
  const found = paths.flatMap((path) =>
    oldWordsIn(path, textsOfDocument(readFileSync(join(ROOT, path), 'utf8'))),
  );
  assert.deepEqual(found, []);
});

test('literals and templates are searched; comments, names, types and imports are not', () => {
  const source = [
    "import { meanwhile } from './meanwhile.ts';",
    '// All is well.',
    "type State = 'told to stop';",
    "const gone = { intelligible: 'kept for ever' };",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    'print(`the file ${gone} is no file`);',
  ].join('\n');
  assert.deepEqual(oldWordsIn('x.ts', textsOfSource(source)), [
    'x.ts:4: "for ever" (write: forever)',
    'x.ts:5: "is no file" (write: is not a)',
  ]);
  assert.deepEqual(oldWordsIn('x.md', textsOfDocument('Rows stay.\nNot all is well.')), [
    'x.md:2: "Not all is well" (write: no problems found, 1 problem found)',
  ]);
});

test('each pattern finds something in the texts of the first version, and nothing in plain ones', () => {
  for (const text of [
    '1 problem found.',
    'there is no alarm for warm/x',
    'it is no longer in the database',
    'Nothing is lost. The next run continues where this run stopped.',
    'Archive file missing; the ledger still lists it',
    'Pass --yes to erase without confirmation.',
  ]) {
    assert.deepEqual(oldWordsIn('plain', [{ line: 1, text }]), []);
  }
  for (const [text, words] of [
    ['Clean up archived data: bundle it, purge what is over', 'what is over'],
    ['its receipt stands, but its file is missing', 'receipt stands'],
    ['nobody is here to be asked', 'nobody is'],
    ['1 row has no intelligible time and stays where it is', 'intelligible'],
    ['the daily job left N rows, and its end is not in sight', 'end is not in sight'],
    ['"soon" is no time', 'is no time'],
    ['Show what comes in, and what it will be', 'what comes in'],
  ] as const) {
    assert.match(oldWordsIn('old', [{ line: 1, text }]).join(), new RegExp(words), text);
  }
});
