// Checks that a version can be released, and publishes it: npm run release -- [--publish]
// Without --publish it is a dry run. It publishes only in a CI that can prove where the package was built (npm's provenance).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReleaseFacts, releaseProblems } from './release-checks.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const publish = process.argv.includes('--publish');
const facts = readFacts();
const problems = releaseProblems(facts, publish);
for (const { what, remedy } of problems) console.error(`problem: ${what}\n  next   ${remedy}`);
if (problems.length > 0) process.exit(1);

const { name, version } = facts.manifest;
for (const [program, argv] of [
  ['npm', ['ci']],
  ['npm', ['test']],
  ['npm', ['run', 'check:package']],
  ['npm', ['publish', '--provenance', '--access', 'public', ...(publish ? [] : ['--dry-run'])]],
] as const) {
  // Without provenance: the proof needs the tokens of CI.
  const words = publish ? argv : argv.filter((word) => word !== '--provenance');
  console.log(`$ ${program} ${words.join(' ')}`);
  const { status } = spawnSync(program, words, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`error: ${program} ${words.join(' ')} failed. Nothing was published.`);
    process.exit(1);
  }
}
console.log(
  publish
    ? `Published ${name} ${version}. Push its tag: git tag v${version} && git push origin v${version}`
    : `${name} ${version} can be published: npm run release -- --publish, in CI. Nothing was published.`,
);

function readFacts(): ReleaseFacts {
  const git = (...argv: readonly string[]): string =>
    spawnSync('git', argv, { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
  return {
    manifest: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')),
    changelog: readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'),
    branch: process.env.GITHUB_REF_NAME ?? git('branch', '--show-current'),
    changes: git('status', '--porcelain'),
    tags: git('tag', '--list').split('\n'),
    isCi: process.env.CI === 'true',
    canProve:
      process.env.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined || process.env.SIGSTORE_ID_TOKEN !== undefined,
  };
}
