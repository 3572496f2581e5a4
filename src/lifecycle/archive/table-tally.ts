import { warmPath } from '../../format/segment-names.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { type FirnError, inWords } from '../../model/errors.ts';
import type { Milliseconds } from '../../model/instant.ts';
import type { TablePlan } from '../../model/policy/archive-plan.ts';
import type { Counts } from '../segments/drain-segment.ts';
import { plannedReport, type TableReport } from './archive-report.ts';

/** Counts what becomes of one table. Counted here, not in the ledger, which may be locked when the run ends. */
export class TableTally {
  #records = 0;
  #changed = 0;
  #lastId = 0;
  #bytes = 0;
  #rawBytes = 0;
  readonly #files: string[] = [];
  readonly #plan: TablePlan;
  #kept: FirnError | null = null;

  constructor(plan: TablePlan) {
    this.#plan = plan;
  }

  get rawBytes(): number {
    return this.#rawBytes;
  }

  sealed({ segment, bytes, rawBytes }: Receipt): void {
    this.#files.push(warmPath(segment));
    this.#bytes += bytes;
    this.#rawBytes += rawBytes;
  }

  drained({ deleted, changed, lastId }: Counts): void {
    this.#records += deleted;
    this.#changed += changed - lastId;
    this.#lastId += lastId;
  }

  /** A segment was archived to its end, but what it replaced could not be removed. */
  kept(refusal: FirnError): void {
    this.#kept ??= refusal;
  }

  /** @param failed why the table was not archived to its end; null when it was. */
  report(failed: FirnError | null, durationMs: Milliseconds): TableReport {
    const failure = failed ?? this.#kept;
    const { table, kept } = this.#plan;
    return {
      ...plannedReport(this.#plan),
      status: this.#status(failure),
      records: this.#records,
      kept: { changed: this.#changed, ...kept, lastId: kept.lastId + this.#lastId },
      archiveFiles: this.#files,
      bytes: this.#bytes,
      rawBytes: this.#rawBytes,
      durationMs: Math.round(durationMs),
      ...(failure === null ? {} : { message: messageOf(failure, table) }),
    };
  }

  #status(failure: FirnError | null): TableReport['status'] {
    if (failure === null) return this.#plan.status === 'due' ? 'archived' : plannedReport(this.#plan).status;
    return failure.code === 'interrupted' || this.#records > 0 ? 'partial' : 'error';
  }
}

/** The report names the table already. */
function messageOf(error: FirnError, table: string): string {
  const where = error.path === undefined || error.path === table ? '' : `${error.path}: `;
  return `${where}${inWords(error)}`;
}
