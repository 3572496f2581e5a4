import { openStored } from '../../archive/stored-segment.ts';
import { provenFooter } from '../../format/segment/prove.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { parseBundlePath } from '../../format/segment-names.ts';
import { type Lines, linesElsewhere, neighboursOf } from '../archived/lines-elsewhere.ts';
import type { Accounted } from '../archived/next-bundle.ts';
import { sealLines } from '../segments/rewrite.ts';
import { type Adoption, adopt } from './adopt.ts';

/**
 * Adopts the rows of a sealed file that cannot be adopted by its own name, because that stands for another segment: they are sealed anew under
 * the next free name, byte for byte, but for lines that another segment holds already. Then the file is removed; a bundle's member is left for
 * the trim of its bundle, by `taken`. Returns how many rows left hot by it. Killed anywhere and begun anew, it finds its lines elsewhere and
 * only removes what is left. Throws `integrity`, before anything was changed, when the file is not whole.
 * @param place the path of a file, or `<bundle>:<segment>`.
 * @param taken gets the members that a bundle may lose.
 */
export async function takeIn(
  adoption: Adoption,
  place: string,
  taken: Map<string, Accounted>,
): Promise<number> {
  const member = memberAt(place);
  return member === null ? await takeInFile(adoption, place) : await takeInMember(adoption, member, taken);
}

/** The segment at `<bundle>:<segment>`; null for any other place. */
export function memberAt(place: string): string | null {
  const colon = place.indexOf(':');
  return colon > 0 && parseBundlePath(place.slice(0, colon)) !== null ? place.slice(colon + 1) : null;
}

async function takeInFile(adoption: Adoption, path: string): Promise<number> {
  const { archive } = adoption;
  let records = 0;
  {
    await using source = await archive.open(path);
    records = await adoptLines(adoption, { source, footer: await provenFooter(source, path) });
  }
  await archive.remove(path);
  if (path.startsWith('quarantine/')) await archive.remove(`${path}.note.txt`);
  return records;
}

async function takeInMember(
  adoption: Adoption,
  segment: string,
  taken: Map<string, Accounted>,
): Promise<number> {
  await using stored = (await openStored(adoption.archive, segment, 'cold'))!;
  const { source } = stored;
  const footer = await provenFooter(source, segment);
  const records = await adoptLines(adoption, { source, footer });
  taken.set(segment, { digest: footer.digest, bytes: source.bytes });
  return records;
}

async function adoptLines(adoption: Adoption, { source, footer }: Lines): Promise<number> {
  const { archive, context, parts } = adoption;
  const { ledger } = context.store;
  const others = neighboursOf(await ledger.receipts(), footer);
  const known = await linesElsewhere(archive, { source, footer }, others);
  if (known.size === footer.rows) {
    // A run that died while it wrote their receipts may have left them visible and not durable.
    await ledger.confirm(others);
    return 0;
  }
  const part = await parts.reserve(footer.table, footer.day);
  const reader = await openSegment(source, footer.table);
  const head = { part, replaces: footer.replaces };
  const sealed = await sealLines(archive, reader, head, (_line, position) => !known.has(position));
  return await adopt(adoption, sealed!.segment, 'warm');
}
