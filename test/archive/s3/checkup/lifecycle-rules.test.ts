import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLifecycle } from '../../../../src/archive/s3/checkup/lifecycle-rules.ts';
import { parseXml } from '../../../../src/archive/s3/requests/s3-xml.ts';

/** The rules of a configuration as AWS returns it. */
function rulesOf(...rules: string[]): ReturnType<typeof readLifecycle> {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
    <LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      ${rules.map((rule) => `<Rule><Status>Enabled</Status>${rule}</Rule>`).join('\n')}
    </LifecycleConfiguration>`;
  return readLifecycle(parseXml(Buffer.from(xml), 'LifecycleConfiguration', 'read', 's3://b'));
}

test('the prefix of a rule is in its filter, in an And, or beside them, and none is all objects', () => {
  const expire = '<Expiration><Days>30</Days></Expiration>';
  const prefixes = rulesOf(
    `<Filter><Prefix>a/</Prefix></Filter>${expire}`,
    `<Filter><And><Prefix>b/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>${expire}`,
    `<Prefix>c/</Prefix>${expire}`,
    `<Filter/>${expire}`,
    `<Filter><Prefix></Prefix></Filter>${expire}`,
    expire,
  ).map(({ prefix }) => prefix);
  assert.deepEqual(prefixes, ['a/', 'b/', 'c/', '', '', '']);
});

test('tags and sizes limit a rule, in a filter and in an And', () => {
  const [tag, both, large, small] = rulesOf(
    '<Filter><Tag><Key>class</Key><Value>log</Value></Tag></Filter>',
    `<Filter><And><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag>
      <ObjectSizeGreaterThan>5</ObjectSizeGreaterThan><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>`,
    '<Filter><ObjectSizeGreaterThan>131072</ObjectSizeGreaterThan></Filter>',
    '<Filter><ObjectSizeLessThan>10</ObjectSizeLessThan></Filter>',
  );
  assert.deepEqual([tag!.tags, both!.tags, large!.tags], [['class=log'], ['a=1', 'b=2'], []]);
  assert.deepEqual(
    [tag!.sizes, both!.sizes, large!.sizes, small!.sizes],
    ['', 'larger than 5 bytes and smaller than 9 bytes', 'larger than 131072 bytes', 'smaller than 10 bytes'],
  );
});

test('each action of a rule is read with its time and its storage class', () => {
  const [rule] = rulesOf(`<ID>mixed</ID>
    <Expiration><Days>1</Days></Expiration>
    <Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>
    <Transition><Date>2027-01-01T00:00:00.000Z</Date><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>
    <NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration>
    <NoncurrentVersionTransition><NoncurrentDays>2</NoncurrentDays><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>
    <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>
    <ShredObjects><Times>3</Times></ShredObjects>`);
  assert.equal(rule!.id, 'mixed');
  assert.deepEqual(
    rule!.actions.map(({ kind, when, storageClass }) => [kind, when, storageClass]),
    [
      ['expire', 'after 1 day', ''],
      ['move', 'after 30 days', 'STANDARD_IA'],
      ['move', 'on 2027-01-01', 'DEEP_ARCHIVE'],
      ['expire_older_versions', 'after 7 days', ''],
      ['move_older_versions', 'after 2 days', 'GLACIER'],
      ['unknown', 'ShredObjects', ''],
    ],
  );
});

test('a rule without a name is called by its number, and removing markers alone deletes nothing', () => {
  const [rule] = rulesOf(
    '<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>',
  );
  assert.deepEqual([rule!.id, rule!.actions], ['number 1', []]);
});

test('rules that are disabled do not count', () => {
  const xml = `<LifecycleConfiguration><Rule><ID>off</ID><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule>
    <Rule><ID>on</ID><Status>Enabled</Status></Rule></LifecycleConfiguration>`;
  const rules = readLifecycle(parseXml(Buffer.from(xml), 'LifecycleConfiguration', 'read', 's3://b'));
  assert.deepEqual(
    rules.map(({ id }) => id),
    ['on'],
  );
});
