import { bundleOf } from '../../archive/stored-segment.ts';
import { parseBundlePath } from '../../format/segment-names.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { placeOf, subjectOf } from '../reconcile/alarm-findings.ts';
import type { VerifyReport } from './verify-report.ts';

/** Files that somebody named, to be verified alone. */
export interface ChosenFiles {
  readonly segments: readonly Receipt[];
  /** Bundles that were named as a whole. */
  readonly bundles: ReadonlySet<string>;
}

/**
 * The files of some names.
 * @param live receipts of segments whose bytes must be there.
 * @param names as alarms and `retention files` have them: warm files, bundles, members of bundles, or segments.
 * @throws FirnError `not_found` for a name that the ledger does not list.
 */
export function chosenFiles(live: readonly Receipt[], names: readonly string[]): ChosenFiles {
  const chosen = new Map<string, Receipt>();
  const bundles = new Set<string>();
  for (const name of names) {
    const isBundle = parseBundlePath(name) !== null;
    const wanted = subjectOf(name);
    const found = live.filter(({ segment, tier }) =>
      isBundle ? tier === 'cold' && bundleOf(segment) === name : segment === wanted,
    );
    if (found.length === 0) throw unknown(name);
    if (isBundle) bundles.add(name);
    for (const receipt of found) chosen.set(receipt.segment, receipt);
  }
  return { segments: [...chosen.values()], bundles };
}

function unknown(name: string): FirnError {
  return new FirnError('not_found', 'the ledger lists no such archive file', {
    operation: 'verify the file',
    path: name,
    hint: 'List the files: firn retention files',
  });
}

/** The report on these files alone; what is wrong elsewhere is a note. */
export function reportOnFiles(report: VerifyReport, { segments, bundles }: ChosenFiles): VerifyReport {
  const own = new Set([...segments.flatMap((one) => [one.segment, placeOf(one)]), ...bundles]);
  const isOwn = ({ subject, path }: { readonly subject: string; readonly path: string }): boolean =>
    own.has(subject) || own.has(path);
  const [alarms, earlier] = [report.alarms.filter(isOwn), report.earlier.filter(isOwn)];
  const others = report.alarms.length + report.earlier.length - alarms.length - earlier.length;
  const note = `${others === 1 ? '1 other alarm is' : `${others} other alarms are`} open. Run firn status to see ${others === 1 ? 'it' : 'them'}.`;
  return {
    ...{ ...report, alarms, earlier, acknowledged: report.acknowledged.filter(isOwn), accounts: [] },
    notes: others === 0 ? [] : [note],
  };
}
