import type { ArchiveStore } from '../../../../src/archive/archive-store.ts';
import type { Clock } from '../../../../src/model/clock.ts';
import type { Stopper } from '../../faults/stopper.ts';

/** Where a round's archive is, with everything that is kept with it. */
export interface ArchivePlace {
  /** As a new process opens it, whose actions the stopper lets pass; null for one that only reads. */
  open(clock: Clock, stopper: Stopper | null): ArchiveStore;
  /** The files of the archive, by their path in it; read without Firn. */
  files(): Promise<Map<string, Uint8Array>>;
  /** Files that were being sent to the archive, by their path in it: a later run may send them again. */
  pending(): Promise<Map<string, Uint8Array>>;
  /** The same place, on its own from now on. */
  fork(): ArchivePlace;
  /** Things go wrong on the way to the archive from now on. */
  disturb(): void;
  /** Nothing goes wrong any more. */
  calm(): void;
  /** What was on its way arrives at last. */
  arrive(): Promise<void>;
  /** What should not be there when everything is at rest, a line each. */
  leftovers(databasePath: string): Promise<readonly string[]>;
  /** Whether a command may rightly say so, because of what goes wrong on the way to this place. */
  isToBeExpected(message: string): boolean;
}
