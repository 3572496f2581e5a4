import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allCommands, GROUPS } from '../../../src/cli/command-list.ts';
import { createIdeas } from '../ideas.ts';
import { firn } from '../world.ts';

async function script(shell: string): Promise<string> {
  const { status, stdout, stderr } = await firn(['completion', shell]);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  return stdout;
}

/** What bash offers at the end of this line. */
function offered(source: string, words: readonly string[]): string[] {
  const ask = `${source}
COMP_WORDS=(firn ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_firn; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const bash = spawnSync('bash', ['--norc', '-c', ask], { encoding: 'utf8' });
  assert.equal(bash.stderr, '');
  return bash.stdout.split('\n').filter((line) => line !== '');
}

test('bash offers commands, subcommands, options and targets', async () => {
  const source = await script('bash');
  assert.deepEqual(offered(source, ['arch']), ['archive']);
  assert.deepEqual(offered(source, ['retention', 'pol']), ['policy']);
  assert.deepEqual(offered(source, ['archive', 'tra']), ['transcripts', 'transcript_entries']);
  assert.deepEqual(offered(source, ['archive', 'all', '--dry']), ['--dry-run']);
  assert.deepEqual(offered(source, ['completion', 'fi']), ['fish']);
});

test('bash is not led astray by global options in front', async () => {
  const source = await script('bash');
  assert.deepEqual(offered(source, ['--db-path', 'x.db', 'archive', 'skill']), ['skill_traces']);
  assert.deepEqual(offered(source, ['--quiet', 'retention', 'policy', '--js']), ['--json']);
});

test('bash offers files for paths', async () => {
  const source = await script('bash');
  assert.deepEqual(offered(source, ['archive', '--db-path', 'package.js']), ['package.json']);
});

test('each script knows every command, and bash parses its own', async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const source = await script(shell);
    for (const { name } of [...allCommands(), ...GROUPS]) {
      for (const word of name.split(' ')) assert.ok(source.includes(word), `${shell}: ${name}`);
    }
  }
  assert.equal(spawnSync('bash', ['-n'], { input: await script('bash') }).status, 0);
});

// PowerShell is in no package that tests can install.
test('the script for PowerShell is well-formed: brackets match, keys differ, and all is ASCII', async () => {
  const source = await script('powershell');
  assert.doesNotMatch(source, /[^\n -~]/);
  const code = source
    .replace(/^\s*#.*$/gm, '')
    .replace(/'(?:[^'\n]|'')*'/g, (text) => `'${text.slice(1, -1).replace(/\W/g, '_')}'`);
  const opened: { readonly closes: string; readonly keys: Set<string> }[] = [];
  for (const [token, , key] of code.matchAll(/[{}()[\]]|('(\w*)' = )/g)) {
    if ('{(['.includes(token))
      opened.push({ closes: { '{': '}', '(': ')', '[': ']' }[token]!, keys: new Set() });
    else if ('})]'.includes(token)) assert.equal(opened.pop()?.closes, token);
    else {
      // Keys of a hash table that differ in case only are a syntax error.
      const { keys } = opened.at(-1)!;
      assert.ok(!keys.has(key!.toLowerCase()), key);
      keys.add(key!.toLowerCase());
    }
  }
  assert.deepEqual(opened, []);
  assert.match(source, /^Register-ArgumentCompleter -Native -CommandName firn -ScriptBlock \{$/m);
  for (const entry of allCommands()) {
    const { command } = await entry.load();
    const own = source.slice(source.indexOf(`    '${entry.name}' = @{\n`));
    for (const { usage } of Object.values(command.options)) {
      const [flag] = /--[a-z-]+/.exec(usage)!;
      assert.ok(own.slice(0, own.indexOf('\n    }')).includes(`'${flag}' = `), `${entry.name} ${flag}`);
    }
  }
});

for (const shell of ['zsh', 'fish']) {
  const there = spawnSync(shell, ['--version']).status === 0;
  test(`${shell} accepts its script`, { skip: !there && `${shell} is not installed` }, async (t) => {
    const file = join(createIdeas(t).folder, `completion.${shell}`);
    writeFileSync(file, await script(shell));
    const checked = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
  });
}

test('a broken configuration still gives a script, and a warning', async () => {
  const { status, stdout, stderr } = await firn(['completion', 'bash', '--config', '/not/there.yaml']);
  assert.equal(status, 0);
  assert.match(stderr, /warning:/);
  assert.match(stdout, /tool_uses/);
});
