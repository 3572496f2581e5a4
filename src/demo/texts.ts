import type { Random } from './random.ts';

/** Texts that rows draw from. Each pool is large enough that gzip never meets the same text twice within its window. */
export interface Texts {
  readonly summaries: readonly string[];
  readonly titles: readonly string[];
  readonly files: readonly string[];
  readonly commands: readonly string[];
  /** JSON documents, as text. */
  readonly details: readonly string[];
  readonly evidence: readonly string[];
  readonly payloads: readonly string[];
  readonly outputs: readonly string[];
  /** Some outputs are whole files: 20 KB to 2 MB. */
  readonly largeOutputs: readonly string[];
}

const VERBS = [
  'Reading',
  'Checking',
  'Refactoring',
  'Testing',
  'Writing',
  'Reviewing',
  'Searching',
  'Fixing',
  'Running',
  'Comparing',
];
const THINGS = [
  'the session store',
  'the retry loop',
  'the migration',
  'the parser',
  'the event queue',
  'the task planner',
  'the login form',
  'the test fixtures',
  'the rate limiter',
  'the cache key',
  'the websocket handler',
  'the cost report',
];
const REASONS = [
  'before the next wave',
  'because a test failed',
  'as the spec asks',
  'after the merge',
  'to find the leak',
  'for the reviewer',
  'with the new schema',
  'in the build log',
];
const FOLDERS = [
  'src/agents',
  'src/server',
  'src/server/routes',
  'tests/unit',
  'tests/e2e',
  'docs',
  'scripts',
  'src/ui/components',
  'migrations',
  'src/memory',
];
const NAMES = [
  'planner',
  'executor',
  'session',
  'transcript',
  'gateway',
  'health',
  'budget',
  'vector_index',
  'task_queue',
  'oauth',
  'embedding',
  'rollback',
  'idle_watch',
];
const ENDINGS = ['.py', '.ts', '.tsx', '.md', '.sql', '_test.py', '.test.ts'];
const COMMANDS = [
  'npm test --',
  'pytest -q',
  'git diff --stat',
  'grep -rn TODO',
  'python -m mypy',
  'npx tsc -p',
  'sed -n 1,80p',
  'ls -la',
  'git log --oneline -5',
  'rm -rf',
];
const LINES = [
  'const result = await store.load(id);',
  'def test_returns_pending(self):',
  'assert response.status_code == 200',
  'return { ok: true, value };',
  'for entry in transcript.entries:',
  'PASSED',
  'FAILED (errors=1)',
  'logger.info(step finished)',
  'if (attempt >= limit) throw error;',
  '@@ -41,7 +41,9 @@',
  'warning: unused variable',
  'expected 3 to equal 4',
];

export function makeTexts(random: Random): Texts {
  const { pick, below } = random;
  const file = (): string => `${pick(FOLDERS)}/${pick(NAMES)}${below(40)}${pick(ENDINGS)}`;
  const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  const title = (): string => `${pick(VERBS)} ${pick(THINGS)}`;
  const summary = (): string => `${title()} ${pick(REASONS)} (${file()}:${below(900)})`.slice(0, 200);
  const line = (): string => `${below(2000)} ${pick(LINES)} ${pick(NAMES)}_${random.hex(4)}`;
  const lines = (count: number): string => JSON.stringify({ text: many(count, line).join('\n') });
  return {
    summaries: many(4000, summary),
    titles: many(500, title),
    files: many(600, file),
    commands: many(600, () => `${pick(COMMANDS)} ${file()}`),
    details: many(2000, () =>
      JSON.stringify({ file: file(), lines: below(400), note: title(), tokens: below(9000) }),
    ),
    evidence: many(2000, () =>
      JSON.stringify({
        command: `${pick(COMMANDS)} ${file()}`,
        seen: line(),
        expected: line(),
      }),
    ),
    payloads: many(2000, () =>
      JSON.stringify({
        agent: pick(NAMES),
        cost_usd: below(1e6) / 1e6,
        message: title(),
        run: random.hex(8),
      }),
    ),
    outputs: many(4000, () => lines(1 + below(12))),
    largeOutputs: [400, 1_500, 6_000, 40_000].map(lines),
  };
}
