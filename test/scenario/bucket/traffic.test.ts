import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { firn } from '../../cli/world.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import { ModelServer } from '../../support/s3/model/model-server.ts';
import { S3Model } from '../../support/s3/model/s3-model.ts';

const NOW = Date.UTC(2026, 5, 1);

/** Time-outs never come. */
const sleep = (ms: number): Promise<void> => (ms < 30_000 ? Promise.resolve() : new Promise(() => undefined));

test('a command tells what it asked of the bucket, the copying thread included', async (t) => {
  const folder = volatileFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const database = join(folder, 'ideas.db');
  createDemoDatabase(database, { rows: 600, days: 12, now: instantOfMs(NOW), seed: 3 });
  await using server = await ModelServer.start(new S3Model());
  const { bucket, endpoint, region, accessKeyId, secretAccessKey } = server.access;
  const env = {
    ...{ FIRN_DB: database, FIRN_ARCHIVES: `s3://${bucket}/agents?endpoint=${endpoint}`, NO_COLOR: '1' },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region },
  };
  const world = { env, now: NOW, sleep };

  const archived = await firn(['archive', 'all', '--json'], world);
  assert.equal(archived.status, 0, archived.stderr);
  const { total, tables, traffic } = JSON.parse(archived.stdout);
  assert.ok(total > 0);
  const files = tables.flatMap((table: { archive_files: string[] }) => table.archive_files).length;
  assert.deepEqual(Object.keys(traffic), ['requests', 'retries', 'sent_bytes', 'received_bytes']);
  assert.ok(traffic.requests.put >= files, `${traffic.requests.put} PUTs for ${files} files`);
  assert.ok(traffic.sent_bytes > 0);
  assert.equal(traffic.retries, 0);
  for (const secret of [accessKeyId, secretAccessKey])
    assert.ok(!`${archived.stdout}${archived.stderr}`.includes(secret));

  // A job's run is in the history, too, with what the run asked.
  const job = await firn(['job', '--mode', 'monthly'], world);
  assert.equal(job.status, 0, job.stderr);
  const { runs } = JSON.parse((await firn(['history', '--json'], world)).stdout);
  const [ofJob, ofArchive] = runs;
  assert.ok(ofArchive.traffic.requests.put >= files);
  assert.ok(ofArchive.traffic.requests.put <= traffic.requests.put);
  assert.ok(ofJob.traffic.requests.list > 0);
  const { stdout: metrics } = await firn(['metrics'], world);
  const { list } = ofJob.traffic.requests;
  assert.match(
    metrics,
    new RegExp(`^firn_job_last_archive_requests\\{job="monthly",kind="list"\\} ${list}$`, 'm'),
  );
  assert.match(metrics, /^firn_job_last_archive_bytes\{job="monthly",direction="received"\} [1-9]\d*$/m);

  const searched = await firn(['search', '--where', 'status=error', '--count', '--verbose'], world);
  assert.equal(searched.status, 0, searched.stderr);
  assert.match(
    searched.stderr,
    /^requests to the archives: \d+ \(\d list, \d+ get\); [\d.]+ kB received, 0 B sent$/m,
  );

  const local = { env: { ...env, FIRN_ARCHIVES: join(folder, 'archives') }, now: NOW };
  const plain = await firn(['status', '--json', '--verbose'], local);
  assert.ok(!('traffic' in JSON.parse(plain.stdout)));
  assert.doesNotMatch(plain.stderr, /requests to/);
});
