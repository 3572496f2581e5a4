import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, EXIT_MEANINGS, exitStatusOf } from '../../src/cli/frame/exit-status.ts';
import { renderFailure, statusOf } from '../../src/cli/frame/failure.ts';
import { PLAIN } from '../../src/cli/terminal/style.ts';
import { FirnError } from '../../src/model/errors.ts';

const failure = new FirnError('locked', 'archive (process 7) holds the lock', {
  operation: 'take the run lock',
  path: '/data/ideas.db',
  hint: 'Wait until it has ended.',
  cause: new Error('database is locked'),
});

test('an error says what failed, why, where and what next, without a stack', () => {
  assert.equal(
    renderFailure(failure, PLAIN, false),
    [
      'error: could not take the run lock: archive (process 7) holds the lock',
      '  where  /data/ideas.db',
      '  next   Wait until it has ended.',
      '',
    ].join('\n'),
  );
});

test('the stack and its causes come when asked for', () => {
  const text = renderFailure(failure, PLAIN, true);
  assert.match(text, /FirnError: archive \(process 7\)/);
  assert.match(text, /caused by Error: database is locked/);
});

test('what nobody expected is said to be unexpected, and fails with 1', () => {
  const text = renderFailure(new TypeError('x is undefined'), PLAIN, false);
  assert.match(text, /unexpected.*x is undefined/);
  assert.doesNotMatch(text, /failure\.test\.ts/);
  assert.equal(statusOf(new TypeError('x')), EXIT.failed);
});

test('locks, integrity and wrong usage have an exit status of their own, all others fail with 1', () => {
  assert.deepEqual(
    (
      [
        'usage',
        'config',
        'locked',
        'integrity',
        'not_found',
        'unavailable',
        'refused',
        'io',
        'database',
        'interrupted',
      ] as const
    ).map(exitStatusOf),
    [2, 2, 4, 5, 1, 1, 1, 1, 1, 1],
  );
});

test('every exit status has a meaning, in ascending order', () => {
  assert.deepEqual(
    EXIT_MEANINGS.map(([status]) => status),
    [0, 1, 2, 3, 4, 5],
  );
});

test('what fails first is what is said, and what failed while it was cleaned up after comes with the stack', () => {
  const after = new FirnError('io', 'database or disk is full', { operation: 'close the database' });
  const both = new SuppressedError(after, failure);
  assert.equal(renderFailure(both, PLAIN, false), renderFailure(failure, PLAIN, false));
  assert.equal(statusOf(both), EXIT.locked);
  assert.match(renderFailure(both, PLAIN, true), /afterwards FirnError: database or disk is full/);
});
