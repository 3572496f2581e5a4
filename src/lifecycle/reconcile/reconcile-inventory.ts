import type { AwayLocation } from '../../archive/archive-store.ts';
import type { Footer } from '../../format/segment/segment.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { FileAlarmKind } from '../../hot/recorded-alarm.ts';
import type { JournalEntry } from '../archived/journal.ts';

/** What a look at a file tells. */
export type Look =
  /** A segment whose footer agrees with its name, or gives it another one. Nothing is said of its blocks. */
  | { readonly kind: 'sealed'; readonly footer: Footer }
  | { readonly kind: 'misnamed'; readonly footer: Footer }
  | { readonly kind: 'foreign'; readonly why: string }
  /** It is left as it is, with an alarm: a later version of Firn sealed it, or it is no file. */
  | { readonly kind: 'refused'; readonly why: string; readonly alarm: FileAlarmKind };

/** What is known of a file of the warm tier. `known`: it has a receipt, and is looked at only where its size does not tell enough. */
export type WarmFile = { readonly segment: string; readonly bytes: number } & (
  | { readonly kind: 'known'; readonly look?: Look }
  | Look
);

export interface Bundled {
  readonly bundle: string;
  readonly bytes: number;
  readonly digest: string;
  /** As the footer of a segment without a receipt says, where it can be read. */
  readonly replaces?: string | null;
  readonly archivedAt?: string;
}

/** A file in quarantine that had the name of a segment. */
export interface Quarantined {
  readonly path: string;
  readonly segment: string;
  readonly bytes: number;
  /** Null when it cannot be read: `why`. */
  readonly footer: Footer | null;
  /** Null when it is not legible either. */
  readonly seal: string | null;
  readonly why: string;
}

/** Everything reconciling looks at, gathered before anything is decided. */
export interface Inventory {
  readonly receipts: readonly Receipt[];
  /** Locations that are away, by tier: nothing is known of what they hold, and nothing is listed of it below. */
  readonly away: ReadonlyMap<'warm' | 'cold', AwayLocation>;
  /** Bundles that are there and have to be thawed before they can be read. */
  readonly frozen: ReadonlySet<string>;
  readonly warm: readonly WarmFile[];
  /** Segments found in bundles, with their seal as the bundle's table of contents says. */
  readonly cold: ReadonlyMap<string, Bundled>;
  /** Files that are no part of an archive. */
  readonly foreign: readonly { readonly path: string; readonly why: string }[];
  /** Bundles that could not be read at all. */
  readonly unreadable: readonly {
    readonly bundle: string;
    readonly why: string;
    readonly alarm: FileAlarmKind;
  }[];
  readonly quarantined: readonly Quarantined[];
  /** Names that were given up, oldest first. */
  readonly journal: readonly JournalEntry[];
  /** Records of the journal that could not be read. */
  readonly records: readonly { readonly path: string; readonly why: string }[];
}
