import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirnError } from '../../src/model/errors.ts';
import { addressIn, fileLocation, localPath, parseLocation } from '../../src/model/location.ts';

test('a path starts at the folder of what named it', () => {
  assert.deepEqual(parseLocation('data/x.db', '/srv', '--db-path'), fileLocation('/srv/data/x.db'));
  assert.deepEqual(parseLocation('/data/x.db', '/srv', '--db-path'), fileLocation('/data/x.db'));
  assert.equal(localPath(parseLocation('x.db', '/srv', '--db-path')), '/srv/x.db');
});

test('a file URL is a path, with what it escapes', () => {
  assert.equal(parseLocation('file:///srv/my%20data/x.db', '/', 'FIRN_DB').text, '/srv/my data/x.db');
  assert.equal(parseLocation('FILE:///srv/x.db', '/', 'FIRN_DB').text, '/srv/x.db');
});

test('names with a colon and one slash are paths', () => {
  for (const name of ['a:b.db', 'C:/x.db', 'x:/y', '1://2'])
    assert.equal(parseLocation(name, '/srv', '--db-path').scheme, 'file', name);
});

test('a scheme without a store is refused, never taken for a path, and no secret is repeated', () => {
  for (const text of [
    's3://key:hunter2@bucket/prefix?secret=hunter2',
    'postgres://me:hunter2@db.example/agents#hunter2',
    'POSTGRESQL://me:hunter2@[::1]:5432/agents?password=hunter2',
    'https://user:hunter2@example.test/archives',
    'file://elsewhere/hunter2?x',
  ]) {
    assert.throws(
      () => parseLocation(text.replace('/hunter2?', '/x?'), '/srv', 'FIRN_ARCHIVES'),
      (error) =>
        error instanceof FirnError &&
        error.code === 'config' &&
        !JSON.stringify([error.message, error.hint, error.operation]).includes('hunter2') &&
        error.operation.includes('FIRN_ARCHIVES'),
      text,
    );
  }
});

test('the address of a file of a location leaves out what an S3 location has behind the question mark', () => {
  assert.equal(addressIn('/srv/what?/archives', 'warm'), '/srv/what?/archives/warm');
  const location = 's3://acme/agents?region=eu-central-1&endpoint=https://s3.example';
  assert.equal(addressIn(location, 'archive.json'), 's3://acme/agents/archive.json');
});
