import { createHash } from 'node:crypto';
import { encodeFooter, readFooter } from '../../../src/format/segment/layout.ts';
import { encodeTail, readTail, type Tail } from '../../../src/format/segment/tail.ts';
import { MemoryFile } from './memory-file.ts';

/** A footer's JSON, open to any change. */
// biome-ignore lint/suspicious/noExplicitAny: a forger may write anything anywhere
export type FooterJson = any;

/** The segment with another footer, sealed again so that only the footer's content is wrong. */
export async function forged(
  file: MemoryFile,
  edit: (footer: FooterJson) => unknown,
  editTail: (tail: Tail) => Tail = (tail) => tail,
): Promise<MemoryFile> {
  const tail = await readTail(file, 'segment', 'segment');
  const { text } = await readFooter(file, 'segment', tail, 'FF');
  const json: FooterJson = JSON.parse(text);
  const replaced = edit(json);
  const footer = encodeFooter(tail.framing, 'FF', JSON.stringify(replaced ?? json), tail.format);
  const body = Buffer.concat([file.content.subarray(0, tail.footerOffset), footer.bytes]);
  const digest = createHash('sha256').update(body).digest('hex');
  const sealed = encodeTail(editTail({ ...tail, ...footer.tail, digest }));
  return new MemoryFile(Buffer.concat([body, sealed]));
}
