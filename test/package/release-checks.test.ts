import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ReleaseFacts, releaseProblems } from '../../scripts/package/release-checks.ts';

const READY: ReleaseFacts = {
  manifest: { name: 'firn-db', version: '1.2.3', repository: { url: 'git+https://example.org/firn.git' } },
  changelog: '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-06-01\n\n### Fixed\n\n- A fault.\n',
  branch: 'main',
  changes: '',
  tags: ['v1.2.2'],
  isCi: true,
  canProve: true,
};

const problemsOf = (facts: Partial<ReleaseFacts>, publish = true): string[] =>
  releaseProblems({ ...READY, ...facts }, publish).map(({ what }) => what);

test('a version is released from a clean main, once, with notes', () => {
  assert.deepEqual(problemsOf({}), []);
  const { manifest } = READY;
  for (const [facts, problem] of [
    [{ branch: 'topic' }, /branch is topic/],
    [{ changes: ' M README.md' }, /work tree has changes/],
    [{ manifest: { ...manifest, version: '1.2.3-beta' } }, /not a version of three numbers/],
    [{ tags: ['v1.2.3'] }, /tag v1\.2\.3 exists/],
    [{ changelog: '## [Unreleased]\n\n- A fault.\n' }, /no notes for 1\.2\.3/],
    [
      { changelog: '## [1.2.3] - 2026-06-01\n\n## [1.2.2] - 2026-05-01\n\n- Older.\n' },
      /no notes for 1\.2\.3/,
    ],
  ] as const)
    assert.ok(
      problemsOf(facts, false).some((what) => problem.test(what)),
      String(problem),
    );
});

test('publishing needs a CI that can prove where the package was built, a dry run does not', () => {
  const { repository: _, ...manifest } = READY.manifest;
  const elsewhere = { isCi: false, canProve: false, manifest };
  assert.deepEqual(problemsOf(elsewhere, false), []);
  assert.deepEqual(problemsOf(elsewhere), [
    'package.json has no repository',
    'this is no CI with a token for provenance',
  ]);
});

test('the script refuses an unfinished version before it runs anything', () => {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'package', 'release.ts');
  const { ACTIONS_ID_TOKEN_REQUEST_URL: _1, SIGSTORE_ID_TOKEN: _2, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--publish'], {
    encoding: 'utf8',
    env,
  });
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^problem: this is no CI with a token for provenance\n {2}next {3}Run it in CI/m);
});
