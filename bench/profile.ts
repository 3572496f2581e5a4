import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { milliseconds } from './benchmark.ts';
import { firn } from './firn-process.ts';
import { toolUses, workspace } from './fixtures.ts';
import { timed } from './measured.ts';

/**
 * Where a command's time goes, function by function, in each of its threads. SQLite's work is in the function that calls it.
 * Usage: node bench/profile.ts ROWS archive all            on a fresh database of tool uses
 *        node bench/profile.ts ROWS verify --deep          the same after an unprofiled archive all
 */
const SHOWN = 14;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds between samples. */
  readonly timeDeltas: readonly number[];
}

const [rows, ...words] = process.argv.slice(2);
if (!(Number(rows) > 0) || words.length === 0) throw new Error('usage: node bench/profile.ts ROWS COMMAND …');
using work = workspace(toolUses(Number(rows)));
if (words[0] !== 'archive') await timed(firn(work, 'archive', 'all'));
const profiles = join(work.folder, 'profiles');
const [node, ...script] = firn(work, ...words);
const run = await timed([node, '--cpu-prof', `--cpu-prof-dir=${profiles}`, ...script]);
console.log(`firn ${words.join(' ')}: ${milliseconds(run.ms)}`);
for (const name of readdirSync(profiles))
  print(JSON.parse(readFileSync(join(profiles, name), 'utf8')) as Profile);

function print({ nodes, samples, timeDeltas }: Profile): void {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const spent = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = names.get(id)!;
    spent.set(name, (spent.get(name) ?? 0) + timeDeltas[at]! / 1000);
  }
  const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
  console.log(`\nthread of ${milliseconds(total)}`);
  for (const [name, ms] of [...spent].sort((a, b) => b[1] - a[1]).slice(0, SHOWN)) {
    console.log(`${milliseconds(ms).padStart(10)} ${((ms / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
  }
}

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName;
  const file = url.startsWith('file://') ? fileURLToPath(url).replace(ROOT, '') : url;
  return `${functionName || 'anonymous'}  ${file}:${lineNumber + 1}`;
}
