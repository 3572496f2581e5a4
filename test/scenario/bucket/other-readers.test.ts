import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { documentedBlocks } from '../../package/documented-blocks.ts';
import { readAsDocumented, readWithPython } from '../../support/independent/archive-rows.ts';
import { downloadByCurl } from '../../support/independent/curl-bucket.ts';
import { assertWhole } from '../../support/independent/same-rows.ts';
import { freshBucket, needsRadosgw } from '../../support/s3/radosgw/radosgw.ts';
import { archivedBucket } from './archived-bucket.ts';

const ROOT = join(import.meta.dirname, '../../..');
const [oneSegment, asFolder] = documentedBlocks(ROOT)
  .filter(({ page, language, reason }) => page === 'docs/s3.md' && language === 'sh' && reason === null)
  .map(({ text }) => text);

test(
  'curl and Python find every row in database and bucket, cell for cell, as docs/s3.md says',
  needsRadosgw,
  async (t) => {
    const bucket = await freshBucket();
    const { folder, database, archives, prefix, original } = await archivedBucket(t, bucket);
    const shell = async (script: string): Promise<Buffer> => {
      const { endpoint, region, accessKeyId, secretAccessKey } = bucket;
      const env = {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        ARCHIVE: `${endpoint}/${bucket.bucket}/${prefix.replace(/\/$/, '')}`,
        ...{ AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      };
      const options = { cwd: folder, env, encoding: 'buffer', maxBuffer: 1 << 26 } as const;
      return (await promisify(execFile)('sh', ['-euc', script], options)).stdout;
    };

    const local = join(folder, 'downloaded');
    const keys = await downloadByCurl(bucket, prefix, local);
    assert.deepEqual(
      keys.flatMap((key) => /\/cold\/\d+\/(.*)\.tar\.gz$/.exec(key)?.[1] ?? []),
      ['2026-01.000001', '2026-01.000002'],
    );
    for (const read of [readWithPython, readAsDocumented]) assertWhole(original, database, read(local)!);

    await t.test('one segment', async () => {
      const key = keys.find((each) => /\/warm\/.*\/tool_uses\.jsonl\.gz$/.test(each))!.slice(prefix.length);
      assert.match(oneSegment!, /warm\/2026-01-16\/tool_uses\.jsonl\.gz/);
      const printed = await shell(oneSegment!.replace('warm/2026-01-16/tool_uses.jsonl.gz', key));
      assert.ok(printed.equals(gunzipSync(readFileSync(join(archives, key)))));
    });

    await t.test('a copy is a folder archive', async () => {
      mkdirSync(join(folder, 'bin'));
      symlinkSync(join(ROOT, 'bin/firn.js'), join(folder, 'bin/firn'));
      await downloadByCurl(bucket, prefix, join(folder, 'copied/archives'), (key) => key);
      const printed = await shell(`cd copied; ${asFolder}`);
      assert.match(printed.toString(), /All files are unchanged/);
      assertWhole(original, database, readAsDocumented(join(folder, 'copied/archives')));
    });
  },
);
