/**
 * Firn as a library: the same that the command line does.
 *
 * @example
 * import { loadConfig, openWriting, readTextFile, runArchive, systemClock } from 'firn-db';
 *
 * const config = await loadConfig({ flags: {}, env: {}, cwd: '/srv/agents', readFile: readTextFile });
 * await using session = await openWriting(config, systemClock, 'nightly');
 * const copier = await session.startCopier();
 * const report = await runArchive({ ...session, copier }, config.policies, 'all');
 * console.log(`${report.total} rows archived`);
 */
export type { ArchiveStore, OpenFile, PendingFile, StoredFile } from './archive/archive-store.ts';
export { openFolder } from './archive/folder.ts';
export type { Config } from './config/config.ts';
export { loadConfig } from './config/load.ts';
export { readTextFile } from './config/text-file.ts';
export { decodeLine, InvalidText, type Row, type SqlValue } from './format/line.ts';
export { proveSegment, sealDigest } from './format/prove.ts';
export type { Block, BlockEntry, ByteSink, ByteSource, Footer, SegmentHead } from './format/segment.ts';
export { openSegment, type SegmentReader } from './format/segment-reader.ts';
export { createSegmentWriter, type SegmentWriter } from './format/segment-writer.ts';
export type { HotReader, HotStore, Survey } from './hot/hot-store.ts';
export type { Ledger, LedgerReader, Receipt } from './hot/ledger.ts';
export type { RunRecord } from './hot/run-log.ts';
export { openRestoreFile } from './hot/sqlite/restore-file.ts';
export type { ArchiveReport, TableReport, TableStatus } from './lifecycle/archive-report.ts';
export { dryRunReport } from './lifecycle/archive-report.ts';
export {
  type ArchiveFigures,
  type ArchiveStatistics,
  archiveStatistics,
  type ListedSegment,
  type ListFilter,
  listSegments,
} from './lifecycle/listing.ts';
export { planRun, type RunOptions, runArchive } from './lifecycle/run.ts';
export { verifyQuick } from './lifecycle/verify.ts';
export type { VerifyReport } from './lifecycle/verify-report.ts';
export { runVerify } from './lifecycle/verify-run.ts';
export { type Explanation, explainRow, type RowPlace } from './lookup/explain.ts';
export { exportParquet } from './lookup/export.ts';
export { type Hit, rowOf } from './lookup/hit.ts';
export type { Places } from './lookup/places.ts';
export { everything, parseMoment, type Query } from './lookup/query.ts';
export { type RestoreOptions, type RestoreReport, restoreRows } from './lookup/restore.ts';
export { type Search, search } from './lookup/search.ts';
export type { Problem, SearchReport } from './lookup/search-report.ts';
export { type SqlAnswer, SqlSession } from './lookup/sql/session.ts';
export { type Timeline, type TimelineEntry, timeline } from './lookup/timeline.ts';
export type { Clock } from './model/clock.ts';
export { parseDuration } from './model/duration.ts';
export { type ErrorCode, FirnError } from './model/errors.ts';
export { type Condition, formatCondition, parseCondition } from './model/filter.ts';
export { type Instant, parseInstant } from './model/instant.ts';
export type { ArchivePlan, TablePlan } from './model/plan.ts';
export {
  buildPolicySet,
  getPolicy,
  isExempt,
  observabilityPolicies,
  resolveTarget,
} from './model/policies.ts';
export type { Policy, PolicySet } from './model/policy.ts';
export { openReading, openWriting, type Reading, type Writing } from './open.ts';
export { openRowRun } from './open-rows.ts';
export { openSearching, type Searching } from './open-search.ts';
export { type ErasePlan, type EraseReport, eraseRows, planErase } from './operate/erase.ts';
export { planJob } from './operate/job.ts';
export type { JobReport } from './operate/job-work.ts';
export { renderMetrics } from './operate/metrics.ts';
export { type RowRun, restoreIntoHot } from './operate/row-run.ts';
export type { OperatingStatus } from './operate/status.ts';
export { readStatus } from './read-status.ts';
export { type JobMode, type JobRun, type JobRunOptions, runJobs } from './run-job.ts';
export { runService, type ServiceEvent, type ServiceOptions } from './run-scheduler.ts';
export { systemClock } from './system-clock.ts';
