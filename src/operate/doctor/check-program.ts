import type { HotEngine } from '../../hot/hot-checkup.ts';
import { type Finding, found } from './findings/finding.ts';

/** The versions that run. */
export interface Program {
  readonly node: string;
  /** The versions that Firn supports, as in package.json: `>=24.19 <25 || >=26.4`. */
  readonly neededNode: string;
}

export function judgeProgram({ node, neededNode }: Program): readonly Finding[] {
  if (isInRange(node, neededNode)) return [found('program', 'ok', `Node.js ${node}`)];
  const message = `Node.js ${node} is not a version that Firn supports (${neededNode})`;
  return [
    found('program', 'problem', message, { remedy: 'Install Node.js 24 or 26, the newest release of it.' }),
  ];
}

/** @param range alternatives, each of them `>=A` or `>=A <B`, between `||` */
export function isInRange(version: string, range: string): boolean {
  return range.split('||').some((alternative) => {
    const [, least, below] = /^\s*>=(\S+)(?:\s+<(\S+))?\s*$/.exec(alternative) as string[];
    return isAtLeast(version, least!) && (below === undefined || !isAtLeast(version, below));
  });
}

/** https://www.sqlite.org/wal.html#walresetbug */
const WAL_RESET = { first: '3.7.0', fixed: '3.51.3', backports: ['3.44.6', '3.50.7'] };

/** What is known of the SQLite version that wrote last: that is the application's, unless Firn wrote last. */
export function judgeEngine({ writer }: HotEngine, journalMode: string): readonly Finding[] {
  const { first, fixed, backports } = WAL_RESET;
  if (writer === null || journalMode !== 'wal') return [];
  if (
    !isAtLeast(writer, first) ||
    isAtLeast(writer, fixed) ||
    backports.some((version) => isLine(writer, version))
  )
    return [];
  const message = `SQLite ${writer} wrote the database last. Before ${fixed}, two writers in WAL mode can damage a database in rare cases`;
  return [
    found('database', 'note', message, {
      subject: 'SQLite of the application',
      remedy: `Update the SQLite library of your application to ${fixed} or later.`,
    }),
  ];
}

/** Of the same branch, and at least as new. */
function isLine(version: string, backport: string): boolean {
  const branch = (text: string): string => text.split('.').slice(0, 2).join('.');
  return branch(version) === branch(backport) && isAtLeast(version, backport);
}

export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
