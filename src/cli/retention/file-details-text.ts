import type { BlockEntry, Footer } from '../../format/segment/segment.ts';
import type { FileDetails } from '../../lifecycle/report/archive-file.ts';
import type { ArchiveFile } from '../../lifecycle/report/archive-files.ts';
import { formatInstant } from '../../model/instant.ts';
import { spanInWords } from '../../model/policy/span.ts';
import { formatBytes, formatCount, formatRatio, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';
import { wrapText } from '../terminal/text.ts';

const BLOCKS: readonly ColumnLayout[] = [
  { title: 'BLOCK', align: 'right' },
  { title: 'OFFSET', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'ROWS', align: 'right' },
  { title: 'OLDEST' },
  { title: 'NEWEST' },
];
const SHOWN_BLOCKS = 50;
const LABEL = 13;

/** One archive file, for people. */
export function renderFileDetails(
  { segment, file, found, problem, asOf }: FileDetails,
  style: Style,
  width = 80,
): string {
  const labelled = ([label, text]: readonly [string, string]): string[] =>
    wrapText(text, width - LABEL - 2).map(
      (line, at) => `  ${style.faint((at === 0 ? label : '').padEnd(LABEL))}${line}`,
    );
  const lines = [style.heading(segment)];
  if (problem !== null)
    lines.push(`  ${style.bad(problem.acknowledged ? 'acknowledged' : 'ALARM')} ${problem.message}`);
  lines.push(...inLedger(file).flatMap(labelled));
  if (found !== null) {
    const { footer, path, tier, bytes } = found;
    lines.push(
      ...labelled(['stored in', `${path} (${tier})`]),
      ...footerFacts(footer, bytes).flatMap(labelled),
      '',
      renderTable(BLOCKS, footer.blocks.slice(0, SHOWN_BLOCKS).map(blockRow), style, width),
    );
    const more = footer.blocks.length - SHOWN_BLOCKS;
    if (more > 0) lines.push(`  ${style.faint(`and ${plural(more, 'block')}; --json lists all`)}`);
  }
  return [...lines, '', style.faint(`As of ${asOf}`)].join('\n');
}

function inLedger(file: ArchiveFile | null): (readonly [string, string])[] {
  if (file === null) return [['ledger', 'does not list this file']];
  const { state, provedAt, archivedAt, replacedBy, purgedAt, rows } = file;
  const gone =
    purgedAt === null
      ? []
      : [['deleted', `${purgedAt}${replacedBy === null ? '' : ` (${replacedBy})`}`] as const];
  return [
    ['ledger', `${state}, ${plural(rows, 'row')}`],
    ...(state === 'replaced' ? [['replaced by', replacedBy ?? '–'] as const] : []),
    ...gone,
    ['archived', archivedAt],
    ['verified', provedAt ?? 'not since it was archived'],
  ];
}

function footerFacts(footer: Footer, bytes: number): (readonly [string, string])[] {
  const { table, part, rows, rawBytes, minTime, maxTime, columns, lookupKeys, replaces } = footer;
  const key = new Set(footer.primaryKey);
  const described = columns.map(({ name, type }) =>
    [name, type, key.has(name) ? '(key)' : ''].filter((word) => word !== '').join(' '),
  );
  return [
    ['table', `${table}, ${spanInWords(footer)}, part ${part}`],
    ['rows', `${formatCount(rows)}, from ${formatInstant(minTime)} to ${formatInstant(maxTime)}`],
    [
      'size',
      `${formatBytes(bytes)}, ${formatBytes(rawBytes)} uncompressed (${formatRatio(rawBytes, bytes)})`,
    ],
    ['format', `${footer.format}, ${footer.compression}`],
    ['seal', footer.digest],
    ['time column', footer.timeColumn],
    ['columns', described.join(', ')],
    ['lookup keys', lookupKeys.length === 0 ? 'none' : lookupKeys.join(', ')],
    ...(replaces === null ? [] : [['replaces', replaces] as const]),
  ];
}

function blockRow({ offset, bytes, rows, minTime, maxTime }: BlockEntry, at: number): string[] {
  const time = (instant: typeof minTime): string =>
    formatInstant(instant).slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return [
    String(at),
    formatCount(offset),
    formatBytes(bytes),
    formatCount(rows),
    time(minTime),
    time(maxTime),
  ];
}
