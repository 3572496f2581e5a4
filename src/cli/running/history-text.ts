import type { HistoryEntry, RunHistory } from '../../operate/status/run-history.ts';
import { formatBytes, formatCount, formatElapsed, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';
import { wrapText } from '../terminal/text.ts';
import { minute, outcomeText } from './run-words.ts';

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'STARTED' },
  { title: 'COMMAND' },
  { title: 'RESULT' },
  { title: 'ROWS', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'TOOK', align: 'right' },
];
const INDENT = '  ';

/** The newest runs, and why some of them did not complete, for people. */
export function renderHistory({ runs, asOf }: RunHistory, style: Style, width = 80): string {
  if (runs.length === 0) return `No runs recorded.\n\n${style.faint(`As of ${asOf}`)}`;
  const rows = runs.map((entry) => runRow(entry, asOf, style));
  const notes = runs.flatMap(({ run: { startedAt, command, end } }) =>
    end?.message == null
      ? []
      : wrapText(`${minute(startedAt)} ${command}: ${end.message}`, width - INDENT.length),
  );
  return [
    renderTable(COLUMNS, rows, style, width),
    ...runs.flatMap(progressLines),
    ...(notes.length === 0 ? [] : ['', ...notes.map((line) => INDENT + line)]),
    '',
    style.faint(`As of ${asOf}`),
  ].join('\n');
}

function runRow({ run, state, archived }: HistoryEntry, asOf: string, style: Style): string[] {
  const { startedAt, command, end } = run;
  const took = state === 'running' ? Date.parse(asOf) - Date.parse(startedAt) : (end?.durationMs ?? 0);
  return [
    minute(startedAt),
    command,
    state === 'running' ? 'running' : outcomeText(end?.outcome ?? 'died', style),
    formatCount(state === 'running' ? archived.rows : (end?.records ?? 0)),
    archived.files === 0 ? '–' : formatBytes(archived.bytes),
    state === 'died' ? '–' : formatElapsed(took),
  ];
}

function progressLines({ state, archived, underWay }: HistoryEntry): string[] {
  if (state !== 'running') return [];
  const written = `running: ${plural(archived.files, 'file')}, ${plural(archived.rows, 'row')} written so far`;
  const files = underWay.map(
    ({ segment, position, rows }) => `${segment}: ${formatCount(position)} of ${plural(rows, 'row')} deleted`,
  );
  return ['', ...[written, ...files].map((line) => INDENT + line)];
}
