import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { renderCliReference } from '../scripts/cli-reference.ts';
import { HeadingAnchors } from '../scripts/site/heading-anchor.ts';
import { allCommands, GROUPS } from '../src/cli/command-list.ts';

const ROOT = resolve(import.meta.dirname, '..');
const pages = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT })].map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8'),
}));

test('the pages were found', () => {
  for (const path of ['README.md', 'docs/cli.md', 'docs/architecture.md']) {
    assert.ok(
      pages.some((page) => page.path === path && page.text.length > 500),
      path,
    );
  }
});

test('no two decisions have one number, and each is headed by its own', () => {
  const files = globSync('docs/decisions/*.md', { cwd: ROOT }).map((path) => path.replaceAll('\\', '/'));
  const numbers = files.map((path) => Number(/\/(\d{4})-/.exec(path)![1]));
  assert.equal(new Set(numbers).size, files.length, [...numbers].sort((a, b) => a - b).join(' '));
  for (const [at, path] of files.entries())
    assert.ok(readFileSync(join(ROOT, path), 'utf8').startsWith(`# ${numbers[at]}. `), path);
});

test('docs/cli.md is what the commands say of themselves (npm run docs)', async () => {
  assert.equal(readFileSync(join(ROOT, 'docs', 'cli.md'), 'utf8'), await renderCliReference());
});

test('every relative link leads somewhere, and its anchor is a heading there', () => {
  let links = 0;
  for (const { path, text } of pages) {
    for (const [, target] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      links += 1;
      const [file = '', anchor] = target!.split('#');
      const full = file === '' ? join(ROOT, path) : resolve(ROOT, dirname(path), file);
      assert.ok(existsSync(full), `${path}: ${target}`);
      assert.ok(!relative(ROOT, full).startsWith('..'), `${path}: ${target}`);
      if (anchor !== undefined)
        assert.ok(anchors(readFileSync(full, 'utf8')).has(anchor), `${path}: ${target}`);
    }
  }
  assert.ok(links >= 10, `${links} links`);
});

test('every firn command line in the documentation names a command and options that exist', async () => {
  const commands = new Map(allCommands().map((entry) => [entry.name, entry]));
  const groups = new Set(GROUPS.map(({ name }) => name));
  let seen = 0;
  for (const { path, text } of pages) {
    for (const line of commandLines(text)) {
      const [first = '', second = ''] = line.filter((word) => !word.startsWith('-'));
      if (first === '' || groups.has(line.join(' '))) continue;
      const name = groups.has(first) ? `${first} ${second}` : first;
      const entry = commands.get(name);
      assert.ok(entry !== undefined, `${path}: firn ${line.join(' ')}`);
      seen += 1;
      const { command } = await entry.load();
      const known = Object.values(command.options).flatMap(({ kind, usage }) =>
        kind === 'toggle' ? [usage, usage.replace('--', '--no-')] : (usage.match(/--?[a-z][a-z-]*/g) ?? []),
      );
      for (const word of line.filter((each) => /^--?[a-z]/.test(each))) {
        const flag = word.split('=')[0]!;
        assert.ok([...known, ...GLOBAL].includes(flag), `${path}: firn ${line.join(' ')}: ${flag}`);
      }
    }
  }
  assert.ok(seen >= 10, `${seen} command lines`);
});

test('every npm script that the documentation names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const { path, text } of pages) {
    for (const [, name] of text.matchAll(/npm run ([a-z][a-z0-9:-]*)/g))
      assert.ok(name! in scripts, `${path}: ${name}`);
  }
});

test('every dependency has its reason in the decisions', () => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const decision = readFileSync(join(ROOT, 'docs', 'decisions', '0002-dependencies.md'), 'utf8');
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies })) {
    assert.ok(decision.includes(`\`${name}\``), name);
  }
});

const GLOBAL = [
  '--db-path',
  '--archive-path',
  '--config',
  '--quiet',
  '--verbose',
  '-h',
  '--help',
  '--version',
];

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
}

/** The words behind `firn` in shell blocks and in inline code, up to a pipe, a redirection or a comment. */
function commandLines(text: string): string[][] {
  const shell = [...text.matchAll(/```(?:sh|bash|console)\n([\s\S]*?)```/g)].flatMap(([, body]) =>
    body!.split('\n'),
  );
  const inline = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return [...shell, ...inline].flatMap((line) => {
    const found = /(?:^|[\s;&(])(?:npx )?firn((?: (?![|>&#<]).*)?)$/.exec(
      line
        .replace(/^\s*\$ /, '')
        .split(/ [|>#&]/)[0]!
        .trim(),
    );
    return found === null
      ? []
      : [
          found[1]!
            .trim()
            .split(/\s+/)
            .filter((word) => word !== '' && !/[…<[]/.test(word)),
        ];
  });
}

function anchors(text: string): Set<string> {
  const given = new HeadingAnchors();
  const headings = text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, heading]) => given.next(heading!)));
}
