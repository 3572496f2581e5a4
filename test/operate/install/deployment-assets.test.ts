import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { createMany } from '../../cli/many/many-world.ts';
import { firn } from '../../cli/world.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../../assets/deployment/${name}`, import.meta.url), 'utf8');

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test(
  'the unit templates pass systemd-analyze verify',
  hasSystemd ? {} : { skip: 'SKIPPED: systemd-analyze is not installed (apt: systemd)' },
  (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'firn-units-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const service = read('firn@.service');
    assert.match(service, /^ExecStart=\/usr\/local\/bin\/firn job /m);
    writeFileSync(join(folder, 'firn@.service'), service.replace('/usr/local/bin/firn', '/bin/true'));
    writeFileSync(join(folder, 'firn@.timer'), read('firn@.timer'));
    const units = ['firn@agents.service', 'firn@agents.timer'].map((name) => join(folder, name));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
  },
);

test('the command lines of unit and CronJob are ones that Firn understands', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('a.db');
  const [, unit] = /^ExecStart=\S+firn (.*)$/m.exec(read('firn@.service'))!;
  const output = join(many.folder, 'report.json');
  const words = unit!
    .replaceAll('/etc/firn/%i.yaml', join(many.folder, 'firn.config.yaml'))
    .replaceAll('/var/lib/firn/%i.json', output)
    .split(' ');
  const { status, stderr } = await firn(words);
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(readFileSync(output, 'utf8')).summary.done, 1);
});

test('the manifest for Kubernetes parses, forbids two runs at once, and its configuration is valid', async (t) => {
  const documents = parseAllDocuments(read('kubernetes-cronjob.yaml'));
  for (const one of documents) assert.deepEqual(one.errors, []);
  const [map, job] = documents.map((one) => one.toJS()) as [
    { kind: string; metadata: { name: string }; data: Record<string, string> },
    { kind: string; spec: { concurrencyPolicy: string; jobTemplate: { spec: { template: { spec: Pod } } } } },
  ];
  assert.deepEqual([map.kind, job.kind, job.spec.concurrencyPolicy], ['ConfigMap', 'CronJob', 'Forbid']);
  const { containers, volumes, restartPolicy } = job.spec.jobTemplate.spec.template.spec;
  assert.equal(restartPolicy, 'Never');
  const names = new Set(volumes.map(({ name }) => name));
  for (const { volumeMounts } of containers)
    for (const { name } of volumeMounts) assert.ok(names.has(name), name);

  const [file, text] = Object.entries(map.data)[0]!;
  const [{ args }] = containers as [Pod['containers'][0]];
  assert.equal(args.at(-1), `/etc/firn/${file}`);
  const many = createMany(t, ['*.db']);
  writeFileSync(join(many.folder, 'own.yaml'), text.replaceAll('/data', many.folder));
  assert.deepEqual((parse(text) as { databases: string[] }).databases, ['/data/agents/*/ideas.db']);
  many.add('agents/x/ideas.db');
  const { status, stdout, stderr } = await firn([
    ...args.slice(0, -1),
    join(many.folder, 'own.yaml'),
    '--dry-run',
  ]);
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).summary.done, 1);
});

interface Pod {
  readonly restartPolicy: string;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly volumeMounts: readonly { readonly name: string }[];
  }[];
  readonly volumes: readonly { readonly name: string }[];
}
