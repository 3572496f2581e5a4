import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TrafficAnswer } from '../src/library/answers/traffic-answer.ts';
import { type Benchmark, type BenchOptions, type Figure, seconds } from './benchmark.ts';
import { requestsIn, type SlowBucket, slowBucket, trafficWords } from './bucket.ts';
import { promise, speedup } from './figures.ts';
import { firn } from './firn-process.ts';
import { toolUses, type Workspace, workspace } from './fixtures.ts';
import { type Timed, timed } from './measured.ts';
import { inRounds } from './rounds.ts';

const DELAY_MS = 20;
/** Rows of a day of the year that is searched. */
const ROWS_A_DAY = 400;
const SEARCH_MS = 1_000;

/** Archives in a bucket of Ceph's radosgw on this machine, each of whose answers takes 20 ms longer. */
export const s3: Benchmark = {
  name: 's3',
  about:
    'archives in a bucket of Ceph radosgw on the same machine, with 20 ms added to each request: firn archive all against the same to a folder, a search by key in a year, and the requests of each command',
  async run(options): Promise<Figure[]> {
    await using bucket = await slowBucket(options.warn);
    if (bucket === null) return [];
    return [...(await archiving(bucket, options)), ...(await aYear(bucket, options))];
  },
};

type Asked = Timed & { readonly traffic: TrafficAnswer };

async function archiving(bucket: SlowBucket, options: BenchOptions): Promise<Figure[]> {
  const source = toolUses(options.rows);
  let archives = 0;
  await bucket.delay(DELAY_MS);
  const rounds = await inRounds(options.runs, {
    folder: () => onCopyOf(source, (work) => timed(firn(work, 'archive', 'all', '--json'))),
    bucket: () =>
      onCopyOf(source, (work) =>
        timed(firn(inBucket(work, bucket, `archive-${archives++}`), 'archive', 'all', '--json'), bucket.env),
      ),
  });
  const times = (runs: readonly Timed[]): number[] => runs.map(({ ms }) => ms);
  const [first] = rounds.bucket;
  return [
    speedup(
      'folder / bucket: archive',
      { firn: times(rounds.bucket), yardstick: times(rounds.folder) },
      seconds,
      {
        atLeast: 0.9,
      },
    ),
    requests('archive', trafficOf(first!)),
  ];
}

async function onCopyOf(source: string, run: (work: Workspace) => Promise<Timed>): Promise<Timed> {
  using work = workspace(source);
  return await run(work);
}

async function aYear(bucket: SlowBucket, { searchRows, runs, say }: BenchOptions): Promise<Figure[]> {
  const days = Math.min(380, Math.max(14, Math.ceil(searchRows / ROWS_A_DAY)));
  using work = workspace(toolUses(Math.min(searchRows, days * ROWS_A_DAY), days));
  const year = inBucket(work, bucket, 'year');
  const execution = someExecution(work);
  const cache = join(work.folder, 'cache');
  const env = { ...bucket.env, FIRN_CACHE: cache };
  const ask = async (...words: string[]): Promise<Asked> => {
    const run = await timed(firn(year, ...words), env);
    const traffic = trafficOf(run);
    say(`${words.slice(0, 2).join(' ')}: ${seconds(run.ms)}, ${trafficWords(traffic)}`);
    return { ...run, traffic };
  };
  await bucket.delay(0);
  await ask('archive', 'all', '--json');
  await bucket.delay(DELAY_MS);
  const cleanup = await ask('cleanup', 'archives', '--json');
  const key = ['search', '--where', `execution_id=${execution}`, '--count', '--format', 'json'];
  // First without, then with the footers and filters that the first one kept.
  const searches: { readonly first: Asked; readonly again: Asked }[] = [];
  for (let round = 0; round < runs; round++) {
    rmSync(cache, { recursive: true, force: true });
    searches.push({ first: await ask(...key), again: await ask(...key) });
  }
  const status = await ask('status', '--json');
  const verify = await ask('verify', '--json');
  return [
    ...(['first', 'again'] as const).flatMap((time) => [
      promise(
        `search by key in a year, ${time}`,
        searches.map((search) => search[time].ms),
        SEARCH_MS,
        seconds,
      ),
      requests(`search by key in a year, ${time}`, searches[0]![time].traffic),
    ]),
    requests('cleanup of a year', cleanup.traffic),
    requests('status', status.traffic),
    requests('verify of a year', verify.traffic),
  ];
}

function inBucket(
  work: Workspace,
  bucket: SlowBucket,
  prefix: string,
): Pick<Workspace, 'database' | 'archives'> {
  return { database: work.database, archives: bucket.location(prefix) };
}

/** How many requests a command sends says what it costs, not how fast the machine is. */
function requests(command: string, traffic: TrafficAnswer): Figure {
  return {
    ...{ name: `requests: ${command}`, measured: trafficWords(traffic), yardstick: '–' },
    ...{ ratio: requestsIn(traffic.requests), target: { better: 'less' }, unguarded: true },
  };
}

function trafficOf({ stdout }: Timed): TrafficAnswer {
  return (JSON.parse(stdout) as { traffic: TrafficAnswer }).traffic;
}

/** The execution with the middling number of rows that are old enough to be archived. */
function someExecution({ database }: Workspace): string {
  using db = new DatabaseSync(database);
  const rows = db
    .prepare(
      `SELECT execution_id AS id FROM tool_uses WHERE start_time < datetime('now', '-8 days')
      AND execution_id GLOB '????????-????-*' GROUP BY execution_id ORDER BY count(*), execution_id`,
    )
    .all() as { id: string }[];
  return rows[rows.length >> 1]!.id;
}
