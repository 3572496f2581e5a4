import { createHash } from 'node:crypto';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/*
 * Files of format 1, made from those that Firn writes now, by docs/format.md alone. Their members carry up to 65,531 bytes
 * of payload in the header, and version and footer say 1.
 */

const NOTHING = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const PIECE = 65_531;
const TAIL = 98;

/** A segment or bundle, compressed with gzip, as Firn 0.1.0 wrote it. */
export function asFormatOne(file: Buffer): Buffer {
  const payload = unchain(file.subarray(-TAIL));
  const at = Number(payload.readBigUInt64LE(12));
  const footer = JSON.parse(inflateRawSync(unchain(file.subarray(at, file.length - TAIL))).toString());
  const [id, body] = 'members' in footer ? ['FC', file.subarray(0, at)] : ['FF', withFilters(file, footer)];
  footer.format = 1;
  const raw = Buffer.from(JSON.stringify(footer));
  const chained = chain(id, deflateRawSync(raw, { level: 9 }));
  const sealed = Buffer.concat([body, chained]);
  payload.writeUInt16LE(1, 8);
  payload.writeBigUInt64LE(BigInt(body.length), 12);
  payload.writeBigUInt64LE(BigInt(chained.length), 20);
  payload.writeUInt32LE(raw.length, 28);
  payload.writeUInt32LE(crc32(raw), 32);
  createHash('sha256').update(sealed).digest().copy(payload, 36);
  payload.writeUInt32LE(crc32(payload.subarray(0, 68)), 68);
  return Buffer.concat([sealed, chain('FT', payload)]);
}

/** The blocks, and behind them the filters cut anew; the footer's places of filters are changed with them. */
function withFilters(
  file: Buffer,
  footer: { blocks: { offset: number; bytes: number }[]; filters: { offset: number; bytes: number }[] },
): Buffer {
  const { offset, bytes } = footer.blocks.at(-1)!;
  let body = file.subarray(0, offset + bytes);
  for (const filter of footer.filters) {
    const chained = chain('FB', unchain(file.subarray(filter.offset, filter.offset + filter.bytes)));
    [filter.offset, filter.bytes] = [body.length, chained.length];
    body = Buffer.concat([body, chained]);
  }
  return body;
}

function unchain(members: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < members.length; ) {
    const size = members.readUInt16LE(at + 14);
    pieces.push(members.subarray(at + 16, at + 16 + size));
    at += size + 26;
  }
  return Buffer.concat(pieces);
}

function chain(id: string, payload: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < payload.length; at += PIECE) {
    const piece = payload.subarray(at, at + PIECE);
    const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0]);
    header.writeUInt16LE(piece.length + 4, 10);
    header.write(id, 12, 'latin1');
    header.writeUInt16LE(piece.length, 14);
    parts.push(header, piece, NOTHING);
  }
  return Buffer.concat(parts);
}
