import { ARCHIVED_AT } from '../../../model/shape.ts';

const DATE: Buffer = Buffer.from(`,${JSON.stringify(ARCHIVED_AT)}:"`);

/** A line up to its `_archived_at`, which stands behind all columns of the table. */
export function withoutDate(line: Uint8Array): Buffer {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length);
  return bytes.subarray(0, Math.max(0, bytes.lastIndexOf(DATE)));
}
