import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { FirnError } from '../../src/model/errors.ts';
import { locationText, parseLocation } from '../../src/model/location.ts';
import { s3Environment } from '../../src/model/policy/s3-settings.ts';

const parsed = (text: string) => parseLocation(text, '/srv', '--archive-path');

test('a bucket, a prefix and the settings of the server', () => {
  assert.deepEqual(parsed('s3://acme-archive/agents/eu?region=eu-central-1'), {
    ...{ scheme: 's3', bucket: 'acme-archive', prefix: 'agents/eu', region: 'eu-central-1' },
    ...{ endpoint: null, pathStyle: false, text: 's3://acme-archive/agents/eu?region=eu-central-1' },
  });
  assert.deepEqual(parsed('S3://acme/?endpoint=http://127.0.0.1:9000/&path_style=false'), {
    ...{ scheme: 's3', bucket: 'acme', prefix: '', region: null, endpoint: 'http://127.0.0.1:9000' },
    ...{ pathStyle: false, text: 's3://acme?endpoint=http://127.0.0.1:9000&path_style=false' },
  });
});

test('the bucket is in the path where the host could not have its name', () => {
  const styles = ['s3://acme/x', 's3://acme.example/x', 's3://acme/x?endpoint=https://minio.example'].map(
    (text) => (parsed(text) as { pathStyle: boolean }).pathStyle,
  );
  assert.deepEqual(styles, [false, true, true]);
});

test('the text of a location is read as the same location', () => {
  for (const text of [
    's3://acme',
    's3://acme/a b/ü+%',
    's3://acme/p?region=us-east-1&endpoint=https://r2.example/base&path_style=true',
  ]) {
    const once = parsed(text);
    assert.equal(once.text, text);
    assert.deepEqual(parsed(once.text), once);
  }
});

test('what is wrong with an S3 location is refused in words that repeat no secret', () => {
  for (const [text, words] of [
    ['s3://key:hunter2@bucket/prefix', /user or a password/],
    ['s3://bucket:hunter2@/prefix', /user or a password/],
    ['s3://bucket/prefix?endpoint=https://me:hunter2@minio.example', /user or a password/],
    ['s3://bucket/prefix?endpoint=https://minio.example%3Ftoken=hunter2', /`\?`/],
    ['s3://bucket/prefix?secret=hunter2', /unknown setting/],
    ['s3://bucket/prefix?hunter2', /unknown setting/],
    ['s3://bucket/prefix?Region=hunter2', /unknown setting/],
    ['s3://bucket/prefix?region=eu hunter2', /region/],
    ['s3://bucket/prefix?region=a&region=b', /twice/],
    ['s3://bucket/prefix#hunter2', /`#`/],
    ['s3://bucket/prefix?endpoint=ftp://minio.example', /http/],
    ['s3://bucket/prefix?endpoint=minio.example', /http/],
    ['s3://bucket/prefix?endpoint=', /http/],
    ['s3://bucket/prefix?path_style=yes', /true or false/],
    ['s3://', /bucket/],
    ['s3:///prefix', /bucket/],
    ['s3://a/prefix', /bucket/],
    ['s3://bu cket/prefix', /bucket/],
    ['s3://bucket//prefix', /prefix/],
    ['s3://bucket/a/../b', /prefix/],
    ['s3://bucket/a\\b', /prefix/],
  ] as const) {
    assert.throws(
      () => parsed(text),
      (error) =>
        error instanceof FirnError &&
        error.code === 'config' &&
        words.test(error.message) &&
        error.operation.includes('--archive-path') &&
        error.hint !== undefined &&
        !inspect(error).includes('hunter2'),
      text,
    );
  }
});

test('a location that is not used is shown without its settings', () => {
  assert.equal(locationText('s3://key:hunter2@bucket/p?x=hunter2', '/srv'), 's3://bucket/p');
});

test('the secrets of the environment are in no JSON, inspection or copy', () => {
  const environment = s3Environment({ AWS_SECRET_ACCESS_KEY: 'hunter2', AWS_REGION: '' });
  assert.equal(environment.get('AWS_SECRET_ACCESS_KEY'), 'hunter2');
  assert.equal(environment.get('AWS_REGION'), null);
  const shown = [
    JSON.stringify({ environment }),
    inspect(environment, { depth: 9, showHidden: true }),
    JSON.stringify({ ...environment }),
    JSON.stringify(structuredClone(environment)),
  ].join();
  assert.ok(!shown.includes('hunter2'), shown);
  assert.equal(s3Environment(environment.forThread()).get('AWS_SECRET_ACCESS_KEY'), 'hunter2');
});
