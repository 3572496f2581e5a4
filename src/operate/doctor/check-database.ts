import type { DatabaseFile } from '../../hot/hot-stats.ts';
import { isWorthReclaiming } from '../../lifecycle/report/reclaim-plan.ts';
import { formatBytes } from '../amounts.ts';
import { type Finding, found, orOk } from './findings/finding.ts';

/** A log that is larger than this and than the database is not being checkpointed. */
const LARGE_LOG = 256e6;
/** Below it nobody notices the size of a page. */
const LARGE_FILE = 100e6;
const USUAL_PAGE = 4096;

export function judgeDatabase(file: DatabaseFile): readonly Finding[] {
  const { bytes, walBytes, pageBytes, pages, freePages, journalMode, autoVacuum } = file;
  const findings: Finding[] = [];
  if (journalMode !== 'wal') {
    const message = `journal mode ${journalMode}: your application waits while Firn writes, and Firn while it reads`;
    const remedy = 'If your application allows it, run once: PRAGMA journal_mode = WAL';
    findings.push(found('database', 'note', message, { subject: 'journal mode', remedy }));
  }
  if (walBytes > Math.max(LARGE_LOG, bytes)) {
    const message = `the write-ahead log has ${formatBytes(walBytes)}, the database ${formatBytes(bytes)}: no checkpoint can finish`;
    const remedy =
      'Find the connection that keeps a read transaction open, and end it. Then run: PRAGMA wal_checkpoint(TRUNCATE)';
    findings.push(found('database', 'warning', message, { subject: 'write-ahead log', remedy }));
  }
  if (isWorthReclaiming(file)) {
    const message = `${Math.round((freePages * 100) / pages)} % of the file is free (${formatBytes(freePages * pageBytes)}). New rows will use it`;
    const command = autoVacuum === 'none' ? ['reclaim', '--full'] : ['reclaim'];
    const remedy = `To shrink the file, run: firn ${command.join(' ')}`;
    findings.push(found('database', 'note', message, { subject: 'free pages', remedy, command }));
  }
  if (autoVacuum === 'full') {
    const message = 'auto_vacuum is full: each deletion moves pages, which makes archiving slower';
    const remedy = 'If that matters, run once: PRAGMA auto_vacuum = incremental';
    findings.push(found('database', 'note', message, { subject: 'auto_vacuum', remedy }));
  }
  if (pageBytes < USUAL_PAGE && bytes > LARGE_FILE) {
    const message = `pages of ${pageBytes} bytes: reading is slower than with ${USUAL_PAGE}`;
    const remedy = `In a maintenance window, without WAL mode, run: PRAGMA page_size = ${USUAL_PAGE}; VACUUM`;
    findings.push(found('database', 'note', message, { subject: 'page size', remedy }));
  }
  return orOk(findings, 'database', `${formatBytes(bytes)}, journal mode ${journalMode}`);
}
