import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustRun, runTool } from '../../../src/operate/install/run-tool.ts';

const env = { PATH: process.env.PATH, SEEN: 'here', LC_ALL: 'de_DE' };

test('a program is given its input and environment, and its answer is read to its end', async () => {
  const script = 'cat; echo "$SEEN $LC_ALL" >&2; exit 3';
  assert.deepEqual(await runTool(['sh', '-c', script], env, 'in\n'), {
    status: 3,
    stdout: 'in\n',
    stderr: 'here C\n',
  });
  assert.deepEqual(await runTool(['cat'], env), { status: 0, stdout: '', stderr: '' });
});

test('a program that a signal ends did not succeed', async () => {
  assert.equal((await runTool(['sh', '-c', 'kill -KILL $$'], env)).status, 1);
  assert.equal((await runTool(['true'], env, 'nobody reads this')).status, 0);
});

test('what must succeed is an error with the words of the program when it does not', async () => {
  assert.equal(await mustRun(['sh', '-c', 'echo out; echo err >&2'], env), 'out\n');
  assert.equal(await mustRun(['cat'], env, 'in'), 'in');
  await assert.rejects(mustRun(['sh', '-c', 'echo " not so " >&2; exit 1'], env), {
    code: 'io',
    message: 'not so',
  });
  await assert.rejects(mustRun(['sh', '-c', 'exit 7'], env), { code: 'io', message: /exit code 7/ });
});

test('a program that is not installed is not found', async () => {
  await assert.rejects(runTool(['firn-no-such-program'], env), {
    code: 'not_found',
    path: 'firn-no-such-program',
  });
});
