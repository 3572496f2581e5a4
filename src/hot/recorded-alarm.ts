/**
 * missing: a file that the ledger lists is not there. damaged: its bytes are not those that were sealed. later: a later version of Firn sealed
 * it. away: a location of the archives cannot be reached, or is not the one that holds its files. kept: the store does not allow bytes to be
 * deleted that were purged, erased or replaced. doubled: a row is in two places. account: receipts of a table do not add up. failure: a run ended with an integrity error.
 * foreign: the archive is not this database's. uncovered: the ledger is behind the archive. These two are found by every look, and never recorded.
 */
export type AlarmKind =
  | 'missing'
  | 'damaged'
  | 'later'
  | 'kept'
  | 'away'
  | 'doubled'
  | 'account'
  | 'failure'
  | 'foreign'
  | 'uncovered';

/** What is found wrong by reading a file. */
export type FileAlarmKind = Extract<AlarmKind, 'missing' | 'damaged' | 'later' | 'away'>;

/** Kinds that every look finds again for as long as they last. */
export const UNRECORDED: ReadonlySet<AlarmKind> = new Set(['foreign', 'uncovered']);

/** Kinds whose message counts what is wrong: an acknowledgement holds only as long as the message stays the same. */
export const COUNTING: ReadonlySet<AlarmKind> = new Set(['doubled', 'account']);

/** A problem with the integrity of the archives. Kind and subject identify it. */
export interface AlarmFinding {
  readonly kind: AlarmKind;
  /** A segment, the path of another file of the archive, or what else the problem is about. */
  readonly subject: string;
  /** Where it is, as printed: a file of the archive, or `<bundle>:<segment>`. */
  readonly path: string;
  readonly table: string | null;
  readonly message: string;
}

/** Who decided that an alarm needs no more attention, and why. */
export interface Acknowledgement {
  /** UTC ISO 8601. */
  readonly at: string;
  /** The login name; null where the environment has none. */
  readonly by: string | null;
  readonly reason: string;
}

/** An alarm as the ledger keeps it, until a verification of its subject succeeds. */
export interface RecordedAlarm extends AlarmFinding {
  /** UTC ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Holds for this kind of problem: a damaged file that goes missing is a new alarm. */
  readonly acknowledged: Acknowledgement | null;
}

export type AlarmKey = Pick<AlarmFinding, 'kind' | 'subject'>;

export interface AlarmReader {
  /** All that are not resolved, acknowledged ones too, in the order in which they were first seen. */
  alarms(): Promise<readonly RecordedAlarm[]>;
}

/** The alarms in the hot database (`_firn_alarms`). Each call that writes is one transaction; the table appears with the first. */
export interface AlarmLog extends AlarmReader {
  /** Records what was found at `at` (UTC ISO 8601). A known alarm keeps its first time and its acknowledgement. */
  raise(found: readonly AlarmFinding[], at: string): Promise<void>;
  /** Forgets alarms whose cause is gone. Unknown ones are passed over. */
  resolve(alarms: readonly AlarmKey[]): Promise<void>;
  /** Nothing happens when there is no such alarm. */
  acknowledge(alarms: readonly AlarmKey[], how: Acknowledgement): Promise<void>;
}
