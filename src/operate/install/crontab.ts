import { FirnError } from '../../model/errors.ts';
import type { Installation } from './installation.ts';
import { requirePlain, type Unfit } from './plain-words.ts';
import { shellLine, shellWord } from './shell-words.ts';

/**
 * The crontab entries of one database, between marks that name it. Every line makes its log folder itself, so that it works wherever
 * it is pasted, and writes what the job says there.
 */
export function crontabBlock(installation: Installation): string {
  const { database, jobs, logFolder, jitterMs, timeZone } = installation;
  requirePlain([database, logFolder, ...jobs.flatMap(({ command }) => command)], 'a crontab', [MISREAD]);
  const [begin, end] = marks(database);
  const zone =
    timeZone === null
      ? []
      : [`# The times below are in the local time zone of this machine, not in ${timeZone}.`];
  const jitter = jitterMs === 0 ? [] : ['--jitter', `${Math.ceil(jitterMs / 60_000)}min`];
  const entries = jobs.map(({ job, cron, command }) => {
    const log = `${logFolder}/${job}.log`;
    // What a job writes is for its owner alone.
    const line = `umask 077; mkdir -p ${shellWord(logFolder)} && ${shellLine([...command, ...jitter])} >>${shellWord(log)} 2>&1`;
    return `${cron} ${line.replaceAll('%', '\\%')}`;
  });
  return `${[begin, ...zone, ...entries, end].join('\n')}\n`;
}

/** Some crons take one of two backslashes away, or the one before a percent sign, and others do not. */
const MISREAD: Unfit = {
  pattern: /\\[\\%]/,
  what: 'a backslash before a backslash or a percent sign',
};

/**
 * A crontab with the block of one database put in, in the place of an older one, or taken out (null). Every other line
 * stays as it is.
 * @throws FirnError `refused` when the marks in it do not pair up, as somebody has edited them.
 */
export function withBlock(crontab: string, database: string, block: string | null): string {
  const [begin, end] = marks(database);
  const lines = crontab === '' ? [] : crontab.replace(/\n$/, '').split('\n');
  const from = lines.indexOf(begin);
  const to = lines.indexOf(end);
  const once = lines.lastIndexOf(begin) === from && lines.lastIndexOf(end) === to;
  if (!once || (from === -1) !== (to === -1) || to < from) {
    throw new FirnError(
      'refused',
      `the crontab does not contain the lines ${begin} and ${end} exactly once and in this order`,
      {
        operation: 'change the crontab',
        hint: 'Correct them with: crontab -e',
      },
    );
  }
  const added = block === null ? [] : block.replace(/\n$/, '').split('\n');
  if (from === -1) lines.push(...added);
  else lines.splice(from, to - from + 1, ...added);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** Whether the crontab has entries for this database. */
export function hasBlock(crontab: string, database: string): boolean {
  return crontab.split('\n').includes(marks(database)[0]);
}

function marks(database: string): readonly [string, string] {
  // Entries of paths with a line break are refused; those of an earlier version have it escaped.
  const name = JSON.stringify(database).slice(1, -1);
  return [`# BEGIN firn ${name}`, `# END firn ${name}`];
}
