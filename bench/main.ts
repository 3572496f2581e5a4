import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { archive } from './archive.ts';
import { type Benchmark, type Figure, meets } from './benchmark.ts';

/** npm run bench -- [NAME …] [--rows N] [--runs N] [--check] [--record] */
const BENCHMARKS: readonly Benchmark[] = [archive];
const RECORDED = join(import.meta.dirname, 'recorded.json');
const TOLERANCE = 1.25;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
    check: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (unknown.length > 0)
  throw new Error(
    `no benchmark is called ${unknown.join(', ')}; there are ${BENCHMARKS.map(({ name }) => name).join(', ')}`,
  );

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
const figures: (Figure & { readonly benchmark: string })[] = [];
console.log(`${machine}\n`);
for (const benchmark of BENCHMARKS) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  console.error(`${benchmark.name}: ${benchmark.about}`);
  const say = (line: string): void => console.error(`  ${line}`);
  const run = await benchmark.run({ rows: Number(values.rows), runs: Number(values.runs), say });
  figures.push(...run.map((figure) => ({ ...figure, benchmark: benchmark.name })));
}
console.log(table(figures));
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
const result = {
  machine,
  rows: Number(values.rows),
  runs: Number(values.runs),
  date: new Date().toISOString(),
  figures,
};
writeFileSync(join(import.meta.dirname, 'results', 'latest.json'), `${JSON.stringify(result, null, 2)}\n`);
if (values.record) writeFileSync(RECORDED, `${JSON.stringify(result, null, 2)}\n`);
if (values.check) process.exitCode = worse(figures) ? 1 : 0;

function table(rows: readonly Figure[]): string {
  const drawn = new Table({
    head: ['what', 'measured', 'yardstick', 'ratio', 'target', ''],
    style: { head: [], border: [] },
  });
  for (const figure of rows) {
    const { name, measured, yardstick, ratio, target } = figure;
    const wanted = 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
    drawn.push([name, measured, yardstick, ratio.toFixed(2), wanted, meets(figure) ? 'met' : 'MISSED']);
  }
  return drawn.toString();
}

/** True, and said, when a ratio is more than a quarter worse than the recorded one. */
function worse(rows: readonly (Figure & { readonly benchmark: string })[]): boolean {
  const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as {
    figures: (Figure & { benchmark: string })[];
  };
  let found = false;
  for (const { benchmark, name, ratio, target } of rows) {
    const before = recorded.figures.find((figure) => figure.benchmark === benchmark && figure.name === name);
    if (before === undefined) continue;
    const change = 'atMost' in target ? ratio / before.ratio : before.ratio / ratio;
    if (change > TOLERANCE)
      console.error(`worse: ${name} was ${before.ratio.toFixed(2)}, is ${ratio.toFixed(2)}`);
    found ||= change > TOLERANCE;
  }
  return found;
}
