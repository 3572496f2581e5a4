import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readWithPython } from '../../support/independent/archive-rows.ts';
import { downloadByCurl } from '../../support/independent/curl-bucket.ts';
import { assertWhole } from '../../support/independent/same-rows.ts';
import { ModelServer } from '../../support/s3/model/model-server.ts';
import { S3Model } from '../../support/s3/model/s3-model.ts';
import { send } from '../../support/s3/plain-client.ts';
import { PREFIX, S3Trial } from '../bucket/s3-trial.ts';

const START = Date.UTC(2026, 2, 1);
const BUSY = Buffer.from('<Error><Code>SlowDown</Code></Error>');

test('of two machines with a copy of one database that run at once, one archives, and the other one changes nothing', async () => {
  const model = new S3Model({ now: () => START });
  await using server = await ModelServer.start(model);
  using one = new S3Trial(server.access, { start: START });
  using other = new S3Trial(server.access, { start: START });
  assert.equal((await one.firn(['archive', 'message_bus_log'])).status, 0);
  copyFileSync(one.database, other.database);
  // Each looks like another machine to the other one.
  const key = `${PREFIX}/lineage.json`;
  const lineage = Buffer.from(model.state.current(key)!.body).toString();
  const body = lineage.replace(/"host":"[^"]*"/, '"host":"elsewhere"');
  await send(server.access, { method: 'PUT', key, body });

  // The other one begins and ends after this one has read the lineage, and before it writes it.
  const handle = model.handle.bind(model);
  const began = Promise.withResolvers<void>();
  let [held, isOver]: [Uint8Array | null, boolean] = [null, false];
  model.handle = (raw, state) => {
    if (raw.method === 'PUT' && raw.url.pathname.endsWith('/lineage.json')) {
      held ??= raw.body;
      began.resolve();
      if (!isOver && Buffer.from(held).equals(raw.body)) return { status: 503, headers: {}, body: BUSY };
    }
    return handle(raw, state);
  };
  const interrupted = one.firn(['archive', 'all']);
  await began.promise;
  const { status, stderr } = await other.firn(['archive', 'all']);
  assert.equal(status, 0, stderr);
  isOver = true;
  const loser = await interrupted;
  assert.match(loser.stderr, /another run changed the archive/);
  assert.equal(loser.status, 1);
  assert.match((await one.firn(['archive', 'all'])).stderr, /both changed the archive|is a copy of/);

  const folder = join(other.folder, 'downloaded');
  await downloadByCurl(server.access, `${PREFIX}/`, folder);
  assertWhole(one.original, other.database, readWithPython(folder)!);
});
