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
  for (const shell of ['bash', 'zsh', 'fish']) {
    const source = await script(shell);
    for (const { name } of [...allCommands(), ...GROUPS]) {
      for (const word of name.split(' ')) assert.ok(source.includes(word), `${shell}: ${name}`);
    }
  }
  assert.equal(spawnSync('bash', ['-n'], { input: await script('bash') }).status, 0);
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
