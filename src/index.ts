/**
 * Firn as a library: what the command line does, for a program. See docs/library.md and docs/api.md.
 *
 * @example
 * import { openFirn } from 'firn-db';
 *
 * await using firn = await openFirn({ database: 'app.db', archives: 'archives', config: 'firn.config.yaml' });
 * const { total } = await firn.archive('all');
 * for await (const { tier, row } of firn.search({ where: ['task_id=T-042'], since: '365d' })) console.log(tier, row);
 */
export type { Format } from './format/format-version.ts';
export { InvalidText, type Row, type SqlValue } from './format/line/line.ts';
export type { ReferringRow } from './hot/hot-lookup.ts';
export type { CountName } from './hot/hot-stats.ts';
export type { ReceiptState } from './hot/ledger.ts';
export type { AlarmFinding, AlarmKind } from './hot/recorded-alarm.ts';
export type { JobName, PauseState, RunOutcome, RunTable } from './hot/run-log.ts';
export type { CountsAnswer } from './library/answers/finding/counts-answer.ts';
export type { ExplainAnswer, ExplainedPlace } from './library/answers/finding/explain-answer.ts';
export type { ExportAnswer } from './library/answers/finding/export-answer.ts';
export type {
  RestoreAnswer,
  RestoredTableAnswer,
  RestorePlanAnswer,
} from './library/answers/finding/restore-answer.ts';
export type {
  CountAnswer,
  HitPlace,
  ReadCounts,
  SearchAnswer,
  SearchHit,
  SearchReportAnswer,
  SearchTotals,
} from './library/answers/finding/search-answer.ts';
export type { SqlRow } from './library/answers/finding/sql-row.ts';
export type {
  FileProblem,
  TimelineAnswer,
  TimelineEntryAnswer,
} from './library/answers/finding/timeline-answer.ts';
export type { EraseAnswer } from './library/answers/keeping/erase-answer.ts';
export type { HoldAnswer } from './library/answers/keeping/hold-answer.ts';
export type {
  LakeFileProblem,
  LakeRebuildAnswer,
  LakeStatusAnswer,
  LakeTableAnswer,
  LakeVerifyAnswer,
} from './library/answers/keeping/lake-answer.ts';
export type { RebuildAnswer } from './library/answers/keeping/rebuild-answer.ts';
export type { VerifyAnswer } from './library/answers/keeping/verify-answer.ts';
export type {
  ArchiveAnswer,
  ArchivedTable,
  KeptRows,
  OddTimesAnswer,
} from './library/answers/moving/archive-answer.ts';
export type {
  CleanupAnswer,
  CleanupStep,
  ConsolidationAnswer,
  PurgeAnswer,
} from './library/answers/moving/cleanup-answer.ts';
export type {
  ArchiveJobAnswer,
  CleanupJobAnswer,
  FullJobAnswer,
  JobAnswer,
} from './library/answers/moving/job-answer.ts';
export type {
  CountBound,
  PlanAnswer,
  PlannedEffect,
  PlannedMove,
  PolicyDays,
} from './library/answers/moving/plan-answer.ts';
export type { ReclaimAnswer } from './library/answers/moving/reclaim-answer.ts';
export type {
  ArchiveStatisticsAnswer,
  ArchiveTotals,
  SegmentAnswer,
} from './library/answers/retention/archive-listing-answer.ts';
export type {
  FileDetailsAnswer,
  FooterAnswer,
  FooterBlock,
} from './library/answers/retention/file-details-answer.ts';
export type { FileAnswer, FilesAnswer } from './library/answers/retention/files-answer.ts';
export type { PoliciesAnswer, PolicyAnswer } from './library/answers/retention/policies-answer.ts';
export type {
  RetentionStatsAnswer,
  TableStatistics,
  TableWithoutPolicyAnswer,
} from './library/answers/retention/retention-stats-answer.ts';
export type {
  HotTable,
  RetentionStatusAnswer,
  TierFiles,
} from './library/answers/retention/retention-status-answer.ts';
export type { HistoryAnswer, PauseAnswer, RunAnswer } from './library/answers/running/history-answer.ts';
export type { AcknowledgeOptions, Firn, NewHoldOptions, PauseOptions } from './library/calls/firn.ts';
export type { SearchResult } from './library/calls/search-result.ts';
export type { SqlAbout, SqlResult } from './library/calls/sql-result.ts';
export {
  archiveFileSegments,
  createArchiveFile,
  openArchiveFile,
} from './library/files/archive-files-alone.ts';
export type { ArchiveFileReader } from './library/files/read-archive-file.ts';
export type { ArchiveFileSettings, ArchiveFileWriter, NewRow } from './library/files/write-archive-file.ts';
export { openFirn } from './library/open-firn.ts';
export type { FirnOptions, FirnSettings } from './library/options/firn-options.ts';
export type {
  ArchivesOnlyOption,
  CallOptions,
  EraseOptions,
  ExportOptions,
  FindOptions,
  HistogramOptions,
  KeyValue,
  RestoreOptions,
  RowOptions,
  SearchOptions,
  SqlOptions,
  TimelineOptions,
} from './library/options/row-options.ts';
export type {
  ArchiveOptions,
  CleanupOptions,
  DryRunOption,
  FilesOptions,
  HistoryOptions,
  JobOptions,
  PlanOptions,
  ReclaimOptions,
  SchedulerNews,
  SchedulerOptions,
  SegmentOptions,
  VerifyOptions,
} from './library/options/run-options.ts';
export type { OnProgress, Progress } from './library/work/runs/run-progress.ts';
export type { TableStatus } from './lifecycle/archive/archive-report.ts';
export type { ListedSegment } from './lifecycle/archived/segment-listing.ts';
export type { CleanupProblem, CleanupStatus } from './lifecycle/cleanup/cleanup-report.ts';
export type { KeptSegment } from './lifecycle/cleanup/cleanup-steps.ts';
export type {
  Reconciled,
  ReconcileStep,
  StepAction,
  StepSubject,
} from './lifecycle/reconcile/reconcile-plan.ts';
export type { Forecast, TierForecast } from './lifecycle/report/stats-forecast.ts';
export type { Overdue } from './lifecycle/report/status-overdue.ts';
export type { TableAccount } from './lifecycle/verify/conservation.ts';
export type { Alarm } from './lifecycle/verify/verify-report.ts';
export type { LockHolder } from './lock/lock-holder.ts';
export type { Tier } from './lookup/read/query.ts';
export type { ColumnDrift } from './lookup/restore/drift.ts';
export type { Facet } from './lookup/search/facet-counter.ts';
export type { BucketWidth } from './lookup/search/time-buckets.ts';
export type { UnitOfRow } from './lookup/search/unit-of-row.ts';
export type { Clock } from './model/clock.ts';
export { type ErrorCode, type ErrorDetails, FirnError } from './model/errors.ts';
export type { Condition } from './model/filter.ts';
export type { Day, Milliseconds } from './model/instant.ts';
export type { FileLocation, Location, S3Location } from './model/location.ts';
export type { ArchivePlaces } from './model/policy/archive-places.ts';
export type { Compression } from './model/policy/compression.ts';
export type {
  ClockSpan,
  Config,
  DatabaseLimit,
  Hook,
  Origin,
  Origins,
  Schedule,
  WebSettings,
} from './model/policy/config.ts';
export type { Belonging, HotRule, Policy, PolicySet } from './model/policy/policy.ts';
export type { S3Environment, S3Settings } from './model/policy/s3-settings.ts';
export type { Span } from './model/policy/span.ts';
export type { Column } from './model/shape.ts';
export type { TimeFormat } from './model/time/time-format.ts';
export type { RunJson } from './operate/alarms/run-json.ts';
export type { Orphans } from './operate/jobs/erase-orphans.ts';
export type { JobMode } from './operate/jobs/run-jobs.ts';
export type { Health } from './operate/status/health.ts';
export type { TierSize } from './operate/status/operating-state.ts';
export type { RunState } from './operate/status/run-history.ts';
export type {
  AcknowledgedAlarm,
  OpenAlarmAnswer,
  ScheduledJob,
  SchedulerState,
  StatedRun,
  StatusAnswer,
  TableState,
} from './operate/status/status-json.ts';
