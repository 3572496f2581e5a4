/**
 * Firn as a library: the same that the command line does.
 *
 * @example
 * import { loadConfig, readTextFile, runArchive, storesOf, systemClock } from 'firn-db';
 *
 * const config = loadConfig({ flags: {}, env: {}, cwd: '/srv/agents', readFile: readTextFile });
 * await using session = await storesOf(config, systemClock).openWriting('nightly');
 * const copier = await session.startCopier();
 * const report = await runArchive({ ...session, copier }, config.policies, 'all');
 * console.log(`${report.total} rows archived`);
 */
export type { ArchiveStore, OpenFile, PendingFile, StoredFile } from './archive/archive-store.ts';
export { loadConfig } from './config/load.ts';
export { readTextFile } from './config/text-file.ts';
export { decodeLine, InvalidText, type Row, type SqlValue } from './format/line/line.ts';
export { proveSegment, sealDigest } from './format/segment/prove.ts';
export type {
  Block,
  BlockEntry,
  ByteSink,
  ByteSource,
  Footer,
  SegmentHead,
} from './format/segment/segment.ts';
export { openSegment, type SegmentReader } from './format/segment/segment-reader.ts';
export { createSegmentWriter, type SegmentWriter } from './format/segment/segment-writer.ts';
export type { HotReader, HotStore, Survey } from './hot/hot-store.ts';
export type { Ledger, LedgerReader, Receipt } from './hot/ledger.ts';
export type { RunRecord } from './hot/run-log.ts';
export type { ArchiveReport, TableReport, TableStatus } from './lifecycle/archive/archive-report.ts';
export { dryRunReport } from './lifecycle/archive/archive-report.ts';
export { planRun, type RunOptions, runArchive } from './lifecycle/archive/archive-run.ts';
export {
  type ArchiveFigures,
  type ArchiveStatistics,
  archiveStatistics,
  type ListedSegment,
  type ListFilter,
  listSegments,
} from './lifecycle/archived/segment-listing.ts';
export { verifyQuick } from './lifecycle/verify/verify-quick.ts';
export type { VerifyReport } from './lifecycle/verify/verify-report.ts';
export { runVerify } from './lifecycle/verify/verify-run.ts';
export type { Places } from './lookup/places/places.ts';
export type { Problem, SearchReport } from './lookup/places/search-report.ts';
export { everything, parseMoment, type Query } from './lookup/read/query.ts';
export { type RestoreOptions, type RestoreReport, restoreRows } from './lookup/restore/restore-rows.ts';
export { type Timeline, type TimelineEntry, timeline } from './lookup/search/entity-timeline.ts';
export { type Explanation, explainRow, type RowPlace } from './lookup/search/explain-row.ts';
export { exportParquet } from './lookup/search/export-lines.ts';
export { type Hit, rowOf } from './lookup/search/hit.ts';
export { type Search, search } from './lookup/search/search-tiers.ts';
export { type SqlAnswer, SqlSession } from './lookup/sql/session.ts';
export type { Clock } from './model/clock.ts';
export { parseDuration } from './model/duration.ts';
export { type ErrorCode, FirnError } from './model/errors.ts';
export { type Condition, formatCondition, parseCondition } from './model/filter.ts';
export type { Instant } from './model/instant.ts';
export { type FileLocation, fileLocation, type Location } from './model/location.ts';
export type { ArchivePlan, TablePlan } from './model/policy/archive-plan.ts';
export type { Config } from './model/policy/config.ts';
export {
  buildPolicySet,
  getPolicy,
  isExempt,
  observabilityPolicies,
  resolveTarget,
} from './model/policy/policies.ts';
export type { Policy, PolicySet } from './model/policy/policy.ts';
export { parseInstant } from './model/time/parse-instant.ts';
export { type ErasePlan, planErase } from './operate/jobs/erase-plan.ts';
export { type EraseReport, eraseRows } from './operate/jobs/erase-rows.ts';
export { planJob } from './operate/jobs/job-run.ts';
export type { JobReport } from './operate/jobs/job-work.ts';
export { type RowRun, restoreIntoHot } from './operate/jobs/row-run.ts';
export {
  type JobMode,
  type JobRun,
  type JobRunOptions,
  runJobs,
} from './operate/jobs/run-jobs.ts';
export {
  runService,
  type ServiceEvent,
  type ServiceOptions,
} from './operate/service/run-service.ts';
export type { OperatingStatus } from './operate/status/operating-state.ts';
export { renderMetrics } from './operate/status/prometheus.ts';
export { readStatus } from './operate/status/read-status.ts';
export type { Reading, Searching, SearchingOptions, Stores, Writing } from './operate/stores.ts';
export { openArchive } from './stores/open-archive.ts';
export { storesOf } from './stores/stores-of.ts';
export { systemClock } from './stores/system-clock.ts';
