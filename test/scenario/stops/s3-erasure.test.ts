import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { SimulatedDisk } from '../../support/faults/disk/simulated-disk.ts';
import { rowsInDatabase, rowsInFiles } from '../../support/independent/places.ts';
import { filesOfKeys, objectsOf } from '../../support/s3/bucket-files.ts';
import { FaultInjector } from '../../support/s3/faults/fault-injector.ts';
import { faultyFetch, RememberingModel } from '../../support/s3/faults/faulty-fetch.ts';
import { S3Model } from '../../support/s3/model/s3-model.ts';
import { openModelArchive, PREFIX } from '../../support/s3/open-model-archive.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_POLICIES } from '../../support/worlds/small-database.ts';

const clock = standingClock();

test('an erasure whose order did not reach the bucket is completed before anything is archived', async () => {
  await using world = new LookupWorld();
  const model = new S3Model();
  const fileSystem = new SimulatedDisk();
  let isAway = false;
  const injector = new FaultInjector(new RememberingModel(model), ({ method, url }) =>
    isAway && method === 'PUT' && url.pathname.includes('/erasures/') ? { kind: 'lost request' } : null,
  );
  const archive = () => openModelArchive(model, { clock, fileSystem, fetch: faultyFetch(injector) });
  const archiveAll = async (): Promise<void> => {
    await using store = await openSqliteStore(world.database);
    const files = archive();
    await using copier = inlineCopier(await openSqliteReader(world.database), files);
    await runArchive({ store, archive: files, copier, clock }, SMALL_POLICIES, 'all');
  };
  const left = (): number =>
    [
      ...rowsInDatabase(world.database, 'run'),
      ...rowsInFiles(filesOfKeys(objectsOf(model.state, PREFIX))),
    ].filter(
      ({ table, cells }) =>
        table === 'notes' && cells.some(([column, cell]) => column === 'run' && cell === 'trun-1'),
    ).length;
  assert.equal(left(), 6);

  isAway = true;
  const query = { ...everything(['notes']), where: [parseCondition('run=run-1')] };
  await using store = await openSqliteStore(world.database);
  await using lookup = openSqliteLookup(world.database);
  const run = { store, lookup, archive: archive(), policies: SMALL_POLICIES, clock };
  await assert.rejects(eraseRows(run, query), { code: 'unavailable' });
  isAway = false;
  assert.equal(left(), 6);

  await archiveAll();
  assert.equal(left(), 0);
});
