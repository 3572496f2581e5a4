import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks.ts';

export interface BenchCommand {
  /** Names of benchmarks, in the order in which they stand; all when none was named. */
  readonly names: readonly string[];
  readonly rows: number;
  readonly runs: number;
  readonly sizes: readonly number[];
  readonly statusRows: number;
  readonly searchRows: number;
  readonly check: boolean;
  readonly record: boolean;
  /** Write the page from what is recorded, and measure nothing. */
  readonly document: boolean;
  /** Remove the source databases, and measure nothing. */
  readonly clean: boolean;
}

/** npm run bench -- [NAME …] [--rows N] [--runs N] [--sizes N,N,…] [--status-rows N] [--search-rows N] [--check] [--record] | --document | --clean */
export function readCommandLine(args: readonly string[]): BenchCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '3' },
      sizes: { type: 'string', default: '100000,1000000,5000000' },
      'status-rows': { type: 'string', default: '10000000' },
      // A month of which 1.5 million rows are archived.
      'search-rows': { type: 'string', default: '1850000' },
      check: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      document: { type: 'boolean', default: false },
      clean: { type: 'boolean', default: false },
    },
  });
  const known = BENCHMARKS.map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no benchmark is called ${unknown.join(', ')}; there are ${known.join(', ')}`);
  const { rows, runs, sizes, check, record, document, clean } = values;
  return {
    names: known.filter((name) => positionals.length === 0 || positionals.includes(name)),
    rows: wholeNumber('--rows', rows),
    runs: wholeNumber('--runs', runs),
    sizes: sizes.split(',').map((size) => wholeNumber('--sizes', size)),
    statusRows: wholeNumber('--status-rows', values['status-rows']),
    searchRows: wholeNumber('--search-rows', values['search-rows']),
    ...{ check, record, document, clean },
  };
}

function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number === 0)
    throw new Error(`${flag} takes whole numbers above 0, and not ${JSON.stringify(text)}`);
  return number;
}
