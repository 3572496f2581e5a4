import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createMany, LATER } from '../../cli/many/many-world.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../../assets/monitoring/${name}`, import.meta.url), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const rules = (parse(read('prometheus-rules.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const tests = parse(read('prometheus-rules-tests.yaml')) as {
  tests: { input_series: { series: string }[]; alert_rule_test: { alertname: string }[] }[];
};
const dashboard = JSON.parse(read('grafana-dashboard.json')) as {
  panels: {
    id: number;
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets: { expr: string }[];
  }[];
};

/** Names, labels and values of labels, as `firn metrics` prints them. */
function selectors(expr: string): { name: string; labels: [string, string, string][] }[] {
  return [...expr.matchAll(/\b(firn_\w+)(?:\{([^}]*)\})?/g)].map(([, name, inside = '']) => ({
    name: name!,
    labels: [...inside.matchAll(/(\w+)(=~|=)"([^"]*)"/g)].map(([, key, how, value]) => [key!, how!, value!]),
  }));
}

test('every metric, label and outcome in rules, their tests and the dashboard is one that Firn has', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('a.db', [1, 40]);
  await many.job(['--mode', 'full']);
  const { stdout } = await many.firn(['metrics'], { now: LATER + 1000 });
  const samples = stdout.split('\n').filter((line) => line.startsWith('firn_'));
  const exprs = [
    ...rules.map(({ expr }) => expr),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...tests.tests.flatMap(({ input_series }) => input_series.map(({ series }) => series)),
  ];
  const used = exprs.flatMap(selectors);
  assert.ok(used.length > 30, `${used.length} selectors`);
  for (const { name, labels } of used) {
    const own = samples.filter((line) => line.split(/[{ ]/, 1)[0] === name);
    assert.ok(own.length > 0, name);
    for (const [label, how, value] of labels) {
      assert.ok(
        own.some((line) => line.includes(`${label}="`)),
        `${name}{${label}}`,
      );
      if (label !== 'outcome' || value === '') continue;
      for (const outcome of how === '=~' ? value.split('|') : [value])
        assert.ok(
          own.some((line) => line.includes(`outcome="${outcome}"`)),
          `${name}: ${outcome}`,
        );
    }
  }
  for (const [, label, name] of exprs.flatMap((expr) => [
    ...expr.matchAll(/by \((\w+)\) \([^f]*(firn_\w+)/g),
  ]))
    assert.ok(
      samples.some((line) => line.startsWith(`${name}{`) && line.includes(`${label}="`)),
      name,
    );
});

test('every rule has a severity, a summary and a remedy, and balanced brackets', () => {
  assert.ok(rules.length >= 8);
  for (const { alert, expr, labels, annotations } of rules) {
    assert.match(labels.severity, /^(warning|critical)$/, alert);
    assert.ok(annotations.summary.length > 20 && annotations.description.length > 20, alert);
    for (const text of [expr, annotations.summary, annotations.description])
      for (const pair of ['()', '{}', '[]'])
        assert.equal(text.split(pair[0]!).length, text.split(pair[1]!).length, `${alert}: ${text}`);
  }
  const tested = new Set(tests.tests.flatMap((one) => one.alert_rule_test.map(({ alertname }) => alertname)));
  for (const name of tested)
    assert.ok(
      rules.some(({ alert }) => alert === name),
      name,
    );
});

test('the panels of the dashboard have ids of their own and do not overlap', () => {
  const { panels } = dashboard;
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const [at, { gridPos: a, title }] of panels.entries()) {
    assert.ok(a.x + a.w <= 24, title);
    for (const { gridPos: b, title: other } of panels.slice(at + 1)) {
      const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      assert.ok(apart, `${title} and ${other}`);
    }
  }
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

test(
  'promtool accepts the rules, and their tests pass',
  hasPromtool
    ? {}
    : {
        skip: 'SKIPPED: promtool is not installed (scripts/test-tools.sh takes it from the apt package prometheus)',
      },
  () => {
    const cwd = fileURLToPath(new URL('../../../assets/monitoring/', import.meta.url));
    for (const words of [
      ['check', 'rules', 'prometheus-rules.yaml'],
      ['test', 'rules', 'prometheus-rules-tests.yaml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', words, { cwd, encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    }
  },
);
