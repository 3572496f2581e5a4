import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext } from 'node:test';
import type { ArchiveStore } from '../../../../src/archive/archive-store.ts';
import { nodeFileSystem } from '../../../../src/archive/disk/node-file-system.ts';
import { openS3 } from '../../../../src/archive/s3/store/open-s3.ts';
import { s3Defaults } from '../../../../src/model/policy/s3-settings.ts';
import { systemClock } from '../../../../src/stores/system-clock.ts';
import { archiveStoreContract } from '../../../contract/archive-store.ts';
import { s3Location } from '../../../support/s3/client-world.ts';
import { modelAccess, modelFetch } from '../../../support/s3/model/model-fetch.ts';
import { S3Model } from '../../../support/s3/model/s3-model.ts';
import type { BucketAccess } from '../../../support/s3/plain-client.ts';
import { freshBucket, needsRadosgw } from '../../../support/s3/radosgw/radosgw.ts';

/** As a process of its own opens it, on a machine whose spools are in `spool`. */
function opened(access: BucketAccess, prefix: string, spool: string, ask: typeof fetch): ArchiveStore {
  const { bucket, endpoint, accessKeyId, secretAccessKey, region } = access;
  const settings = s3Defaults({
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region },
  });
  return openS3(s3Location(`s3://${bucket}/${prefix}?endpoint=${endpoint}`), settings, {
    ...{ clock: systemClock, fetch: ask, installCommand: () => '' },
    ...{ spool, fileSystem: nodeFileSystem },
  });
}

async function machine(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'firn-s3-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'a.db.firn-spool');
}

archiveStoreContract('the S3 archive over a model', async (t) => {
  const model = new S3Model();
  const spool = await machine(t);
  return () => opened(modelAccess(model), 'an/archive', spool, modelFetch(model));
});

describe('over radosgw', needsRadosgw, () => {
  let access: Promise<BucketAccess> | null = null;
  const place = async (t: TestContext) => {
    access ??= freshBucket();
    const [bucket, spool] = [await access, await machine(t)];
    const prefix = randomUUID();
    return () => opened(bucket, prefix, spool, fetch);
  };
  // A request takes some milliseconds here.
  archiveStoreContract('the S3 archive over radosgw', place, 4);
});
