import type { FirnError } from '../../model/errors.ts';
import type { Config } from '../../model/policy/config.ts';
import type { FileState } from '../../operate/fleet/file-state.ts';
import type { Visit } from '../../operate/fleet/visits.ts';

/** One of the databases of a configuration. */
export interface Member {
  /** Absolute path. */
  readonly database: string;
  /** Null: it has none yet, or it could not be read. */
  readonly identity: string | null;
  /** Why nothing is done with it; null when nothing is known against it. */
  readonly refused: FirnError | null;
  /** What earlier runs left about it, and its files as they were before it was opened. */
  readonly visit: Visit | null;
  readonly state: FileState | null;
  readonly config: Config;
}
