import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { documentedBlocks } from '../../package/documented-blocks.ts';
import { accessOf, actionsOf, judged, type Policy } from '../../support/s3/bucket-policy.ts';
import { ModelServer } from '../../support/s3/model/model-server.ts';
import { S3Model } from '../../support/s3/model/s3-model.ts';
import { type BucketAccess, send } from '../../support/s3/plain-client.ts';
import { freshBucket, needsRadosgw } from '../../support/s3/radosgw/radosgw.ts';
import { PREFIX, S3Trial } from './s3-trial.ts';

const documented = documentedBlocks(join(import.meta.dirname, '../../..')).filter(
  ({ page, language }) => page === 'docs/s3.md' && language === 'json',
);
assert.equal(documented.length, 3);

/** The policies of docs/s3.md, of this bucket. */
function policiesOf(bucket: string): { writer: Policy; reader: Policy; conditional: Policy } {
  const [writer, reader, conditional] = documented.map(
    ({ text }) => JSON.parse(text.replaceAll('acme-archive', bucket).replaceAll('agents', PREFIX)) as Policy,
  );
  return { writer: writer!, reader: reader!, conditional: conditional! };
}

const CHANGING: readonly (readonly string[])[] = [
  ['archive', 'all'],
  ['cleanup', 'archives', '--consolidate-only', '--older-than', '10d'],
  ['cleanup', 'archives', '--consolidate-only', '--older-than', '0d'],
  ['erase', '--table', 'tool_uses', '--where', 'tool=Bash', '--yes'],
  ['verify', '--deep'],
];
const READING: readonly (readonly string[])[] = [
  ['search', '--table', 'tool_uses', '--where', 'tool=Read', '--format', 'jsonl'],
  ['restore', 'tool_uses', '--into', 'copy.db'],
  ['export', 'tool_uses', '--output', 'out.jsonl', '--format', 'jsonl'],
  ['status'],
  ['retention', 'status'],
];

type Role = 'writer' | 'reader';

/** Runs each command as the user that docs/s3.md gives it to. */
async function lifecycle(trial: S3Trial, as: (role: Role) => BucketAccess): Promise<void> {
  const passed = async (argv: readonly string[], role: Role): Promise<void> => {
    const { status, stdout, stderr } = await trial.firn(argv, as(role));
    assert.equal(status, 0, `${argv.join(' ')}: ${stdout}\n${stderr}`);
  };
  for (const argv of CHANGING) await passed(argv, 'writer');
  for (const argv of READING) await passed(argv, 'reader');
  trial.configure('tables:\n  tool_uses: {hot: 1d, warm: 1d, cold: 1d}\n');
  await passed(['cleanup', 'archives', '--purge-only', '--yes'], 'writer');
}

/** Not needed where nothing is locked, and for bundles below 5 GB. */
const RARE = ['s3:GetObjectVersion', 's3:AbortMultipartUpload'];
const WITHOUT_VERSIONS = ['s3:ListBucketVersions', 's3:DeleteObjectVersion'];
const WITH_VERSIONS = ['s3:DeleteObject'];

for (const versioned of [false, true]) {
  test(`the policies of docs/s3.md allow every request of their commands, and little else (${versioned ? 'versions' : 'no versions'})`, async () => {
    const model = new S3Model({ versioned, now: () => Date.UTC(2026, 2, 1) });
    const { writer, reader, conditional } = policiesOf(model.access.bucket);
    const policies = { writer, reader };
    const used = { writer: new Set<string>(), reader: new Set<string>() };
    let role: Role = 'writer';
    const [faults, handle]: [string[], S3Model['handle']] = [[], model.handle.bind(model)];
    model.handle = (raw, state) => {
      const asked = accessOf(raw);
      used[role].add(asked.action);
      const request = `${role}: ${raw.method} ${raw.url.pathname}${raw.url.search}`;
      if (judged(policies[role], asked) !== 'allowed') faults.push(request);
      if (judged(conditional, asked) === 'denied') faults.push(`${request}: unconditional`);
      const answer = handle(raw, state);
      // Who may not list is not told that an object is not there.
      const list = { action: 's3:ListBucket', resource: `arn:aws:s3:::${model.access.bucket}`, context: {} };
      if (answer.status === 404 && judged(policies[role], list) !== 'allowed')
        faults.push(`${request}: 403 instead of 404`);
      return answer;
    };
    await using server = await ModelServer.start(model);
    using trial = new S3Trial(server.access, { start: Date.UTC(2026, 2, 1) });
    await lifecycle(trial, (next) => {
      role = next;
      return server.access;
    });
    assert.deepEqual([...new Set(faults)], []);
    const unused = (of: Role) => actionsOf(policies[of]).filter((action) => !used[of].has(action));
    assert.deepEqual(unused('reader'), []);
    const rare = [...RARE, ...(versioned ? WITH_VERSIONS : WITHOUT_VERSIONS)];
    assert.deepEqual(unused('writer').sort(), rare.sort());
  });
}

test('what the policy for conditional writes refuses', () => {
  const { conditional } = policiesOf('b');
  const put = (key: string, headers: Record<string, string>, query = ''): string => {
    const url = new URL(`http://s3.test/b/${PREFIX}/${key}${query}`);
    return judged(conditional, accessOf({ method: 'PUT', url, headers: new Map(Object.entries(headers)) }));
  };
  for (const key of ['warm/2026-01-01/t.jsonl.gz', 'cold/2026/2026-01.000001.tar.gz', 'journal/x.json'])
    assert.deepEqual(
      [put(key, {}), put(key, { 'if-match': 'e' }), put(key, { 'if-none-match': '*' })],
      ['denied', 'denied', 'silent'],
      key,
    );
  for (const key of ['lineage.json', 'archive.json', '.tmp/probe'])
    assert.deepEqual(
      [put(key, {}), put(key, { 'if-match': 'e' }), put(key, { 'if-none-match': '*' })],
      ['denied', 'silent', 'silent'],
      key,
    );
  assert.equal(put('cold/2026/2026-01.000001.tar.gz', {}, '?partNumber=1&uploadId=u'), 'silent');
});

test('a writer and a reader of least privilege do their work on a real server', needsRadosgw, async () => {
  // Without versions: with them, this server ignores conditions and is refused.
  const [owner, writer, reader] = [await freshBucket(), await freshBucket(), await freshBucket()];
  const documents = policiesOf(owner.bucket);
  const as = {
    writer: { ...writer, bucket: owner.bucket },
    reader: { ...reader, bucket: owner.bucket },
  };
  // They are users of other accounts, so that the policy of the bucket is all that they have.
  const Statement = (['writer', 'reader'] as const).flatMap((role) =>
    documents[role].Statement.map((statement, at) => ({
      ...{ ...statement, Sid: `${role}${at}` },
      Principal: { AWS: `arn:aws:iam:::user/${role === 'writer' ? writer.bucket : reader.bucket}` },
    })),
  );
  const body = JSON.stringify({ Version: '2012-10-17', Statement });
  const put = await send(owner, { method: 'PUT', query: { policy: '' }, body });
  assert.ok(put.status < 300, String(put.body));
  using trial = new S3Trial(owner);
  const refused = await trial.firn(['archive', 'all'], as.reader);
  assert.equal(refused.status, 1, refused.stderr);
  assert.match(refused.stderr, /AccessDenied[\s\S]*docs\/s3\.md/);
  await lifecycle(trial, (role) => as[role]);
});
