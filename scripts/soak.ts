// npm run soak -- --minutes N --kills N [--seed N]: kills the real program again and again beside a writer of 200 inserts a second,
// and says in figures what came of it. Ends with 1 when a row was lost or doubled, or fewer kills were made than wanted.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type KillReport, killAgainAndAgain } from '../test/support/faults/kill-rounds.ts';
import { volatileFolder } from '../test/support/faults/recorded-run.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    kills: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [minutes, kills, seed] = [Number(values.minutes), Number(values.kills), Number(values.seed)];
if (!(minutes > 0 && kills > 0 && Number.isSafeInteger(seed)))
  throw new Error('--minutes, --kills and --seed take numbers');

const folder = volatileFolder();
console.log(`soak: ${minutes} minutes, ${kills} kills, seed ${seed}, in ${folder}`);
const report = await killAgainAndAgain({
  ...{ folder, seed, kills, rows: 20_000, insertsPerSecond: 200, updates: 0.2 },
  // Time for the kills that are missing by then.
  ...{ minMs: minutes * 60_000, maxMs: minutes * 90_000 },
  onKill: (made) => {
    if (made % 25 === 0) console.log(`  ${made} kills`);
  },
});
rmSync(folder, { recursive: true });
console.log(inWords(report));
process.exitCode = report.kills >= kills && report.integrity === 'ok' ? 0 : 1;

function inWords({ writes, conservation, ...run }: KillReport): string {
  const { hot, archived } = conservation.found;
  const at = (share: number): number => writes.waits[Math.floor((writes.waits.length - 1) * share)] ?? 0;
  return [
    `${run.kills} kills in ${run.seconds} s, ${run.working} of them while rows were leaving; ${run.ended} runs came to their end before`,
    `writer: ${writes.inserted} inserts (${Math.round(writes.inserted / run.seconds)} a second), ${writes.updated} updates, ${writes.missed} updates of rows that had left, ${writes.busy} refused as busy`,
    `writer's waits: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`,
    `${hot + archived} rows: ${hot} hot, ${archived} archived in ${run.segments} segments; none lost, doubled, changed or invented`,
    `PRAGMA integrity_check: ${run.integrity}`,
  ].join('\n');
}
