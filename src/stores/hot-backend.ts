import type { HotCapabilities } from '../hot/hot-capabilities.ts';
import type { HotCheckup, Sampler } from '../hot/hot-checkup.ts';
import type { HotLookup } from '../hot/hot-lookup.ts';
import type { HotDisk, HotStats } from '../hot/hot-stats.ts';
import type { HotReader, HotStore } from '../hot/hot-store.ts';
import type { AlarmLog } from '../hot/recorded-alarm.ts';
import type { RestoreTarget } from '../hot/restore-target.ts';
import type { RunLog, RunLogReader } from '../hot/run-log.ts';
import type { HeldLock, LockHolder } from '../lock/lock-holder.ts';
import type { TableShape } from '../model/shape.ts';

/** Everything that a hot store at one location can be opened as. Each part is loaded when it is first opened. */
export interface HotBackend {
  readonly capabilities: HotCapabilities;
  reader(): Promise<HotReader>;
  store(options: { readonly allowsTriggers: (table: string) => boolean }): Promise<HotStore>;
  lookup(): Promise<HotLookup & AsyncDisposable>;
  stats(): Promise<HotStats>;
  checkup(): Promise<HotCheckup>;
  /** Only where `capabilities.reclaim`. @param monotonic milliseconds of a clock that never jumps. */
  disk(monotonic: () => number): Promise<HotDisk>;
  runLogReader(): Promise<RunLogReader>;
  runLog(): Promise<RunLog>;
  alarmLog(): Promise<AlarmLog & AsyncDisposable>;
  /** Rejects with `locked`, naming the holder. */
  lock(name: LockName, who: Pick<LockHolder, 'command' | 'since'>): Promise<HeldLock>;
  holder(name: LockName): Promise<LockHolder | null>;
  /** Samples of at most so many rows of a table. */
  sampler(rows: number): Promise<Sampler>;
  restoreFile(path: string): Promise<RestoreTarget>;
  newRestoreFile(temporary: string, name: string): Promise<RestoreTarget>;
  shapeInFile(path: string, table: string): Promise<TableShape | null>;
}

export type LockName = 'lock' | 'scheduler';
