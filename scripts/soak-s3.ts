// npm run soak:s3 -- [--kills N] [--faults N] [--seed S] [--rounds N] [--processes]: plays whole worlds whose archive is in a bucket in memory, with
// kills between any two requests and faults of the network, until there were so many of both (or so many rounds). A reader that shares no code with
// the program judges every row, and that nothing is left in bucket and spool. With --processes the real program is killed, its bucket is that of a
// radosgw, and a proxy before it makes the faults. Ends with 1 when a round failed; it is played again with: --seed ITS SEED --rounds 1
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { volatileFolder } from '../test/support/faults/recorded-run.ts';
import { RoundFailed } from '../test/support/fuzz/round.ts';
import { killProcessesOnS3 } from '../test/support/s3/process-kills.ts';
import { whyNoRadosgw } from '../test/support/s3/radosgw/cluster.ts';
import { freshBucket } from '../test/support/s3/radosgw/radosgw.ts';
import { playS3Rounds } from '../test/support/s3/s3-rounds.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    faults: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    processes: { type: 'boolean', default: false },
  },
});
const [kills, faults, rounds, seed] = [values.kills, values.faults, values.rounds, values.seed].map(
  Number,
) as [...[number, number, number, number]];
if (!(kills >= 0 && faults >= 0 && rounds >= 0 && Number.isSafeInteger(seed)))
  throw new Error('--kills, --faults, --rounds and --seed take numbers');

const began = performance.now();
console.log(`soak: ${kills} kills and ${faults} faults from seed ${seed}`);
process.exitCode = values.processes ? await soakProcesses() : await soakWorlds();

async function soakWorlds(): Promise<number> {
  try {
    const played = await playS3Rounds({
      seed,
      isEnough: (tally, injected) =>
        rounds > 0 ? tally.rounds >= rounds : tally.kills >= kills && injected >= faults,
      onRound: (tally, injected) => {
        if (tally.rounds % 25 === 0)
          console.log(`  ${tally.rounds} rounds, ${tally.kills} kills, ${injected} faults`);
      },
    });
    console.log(`${seconds()} s: ${listed(Object.entries(played.tally))}`);
    if (played.inFolders.length > 0)
      console.log(`not counted, as they fail with a folder as well: seeds ${played.inFolders.join(', ')}`);
    return succeeded(played.byKind);
  } catch (error) {
    if (!(error instanceof RoundFailed)) throw error;
    for (const line of error.trace) console.log(line);
    console.log(error.message);
    console.log(`again with: npm run soak:s3 -- --rounds 1 --seed ${error.seed}`);
    return 1;
  }
}

async function soakProcesses(): Promise<number> {
  const missing = whyNoRadosgw();
  if (missing !== null) throw new Error(missing);
  const folder = volatileFolder();
  try {
    const report = await killProcessesOnS3({
      ...{ folder, bucket: await freshBucket(), seed, kills, faults, rows: 1_500 },
      onWorld: ({ worlds, kills: made }) => console.log(`  ${worlds} worlds, ${made} kills, ${seconds()} s`),
    });
    const { worlds, kills: made, ended, gaveUp, rows } = report;
    console.log(
      `${seconds()} s: ${made} kills of the program in ${worlds} worlds; ${ended} runs ended before, ${gaveUp} gave up; ${rows} rows`,
    );
    return succeeded(report.faults);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function succeeded(byKind: ReadonlyMap<string, number>): number {
  const sum = [...byKind.values()].reduce((all, count) => all + count, 0);
  console.log(`${sum} faults: ${listed(byKind)}`);
  console.log('no row lost, doubled or changed; nothing left behind in bucket or spool');
  return 0;
}

function seconds(): number {
  return Math.round((performance.now() - began) / 1000);
}

function listed(entries: Iterable<readonly [string, number]>): string {
  return [...entries].map(([name, count]) => `${count} ${name}`).join(', ');
}
