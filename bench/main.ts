import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BENCHMARKS } from './benchmarks.ts';
import { type BenchCommand, readCommandLine } from './command-line.ts';
import { readNotes, renderPerformance, unexplainedMisses } from './document.ts';
import { archiveAll } from './firn-process.ts';
import { removeSources, toolUses, workspace } from './fixtures.ts';
import { findWorse } from './guard.ts';
import { thisMachine } from './machine.ts';
import { keepResult, type Result, record, recordedResults } from './results.ts';
import { drawTable } from './table.ts';

const PAGE = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

// An interrupted bench still removes its databases.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const command = readCommandLine(process.argv.slice(2));
if (command.clean) removeSources();
else if (command.document) writePage();
else await measure(command);

/** Node compiles what runs for the first time after a change, which takes time and 17 MB; every later run finds it in Node's cache. */
async function warmUp(): Promise<void> {
  using work = workspace(toolUses(1000));
  await archiveAll(work);
}

function writePage(): void {
  const results = recordedResults();
  if (results === null) throw new Error('nothing is recorded yet: npm run bench -- --record');
  const notes = readNotes();
  writeFileSync(PAGE, renderPerformance(results, notes));
  for (const name of unexplainedMisses(results, notes))
    console.error(`${name} misses a target: say in bench/notes.md, beneath "## ${name}", what bounds it`);
}

async function measure(command: BenchCommand): Promise<void> {
  const machine = thisMachine();
  console.error(`${machine.hardware}; ${machine.software}`);
  const before = recordedResults() ?? [];
  await warmUp();
  const [results, worse]: [Result[], string[]] = [[], []];
  for (const benchmark of BENCHMARKS.filter(({ name }) => command.names.includes(name))) {
    const { name, about } = benchmark;
    console.error(`\n${name}: ${about}`);
    const warnings: string[] = [];
    const figures = await benchmark.run({
      ...command,
      say: (line) => console.error(`  ${line}`),
      warn: (line) => {
        warnings.push(line);
        console.error(`  !! ${line}`);
      },
    });
    const rows = [command[benchmark.sizedBy ?? 'rows']].flat();
    const { runs } = command;
    const date = new Date().toISOString();
    const result = { benchmark: name, about, machine, date, rows, runs, figures, warnings };
    results.push(result);
    keepResult(result);
    if (command.check)
      worse.push(
        ...findWorse(
          result,
          before.find((was) => was.benchmark === name),
        ),
      );
    if (command.record) record(result);
  }
  console.log(drawTable(results.flatMap(({ figures }) => figures)));
  for (const { warnings } of results) for (const line of warnings) console.log(`!! ${line}`);
  for (const line of worse) console.error(`worse: ${line}`);
  if (worse.length > 0) process.exitCode = 1;
}
