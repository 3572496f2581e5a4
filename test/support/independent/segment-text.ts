import { gunzipSync, type ZstdOptions, zstdDecompressSync } from 'node:zlib';

/** `<day>/<table>[.<part>].jsonl[.gz|.zst]`, with day and table as groups. */
export const SEGMENT: RegExp = /^(\d{4}-\d\d-\d\d)\/([^./]+)(?:\.\d+)?\.jsonl(?:\.gz|\.zst)?$/;

/** The text of a segment's file, by the end of its name, with Node's zlib alone. */
export function segmentText(name: string, bytes: Uint8Array): Buffer {
  if (name.endsWith('.gz')) return gunzipSync(bytes);
  return name.endsWith('.zst') ? zstdText(Buffer.from(bytes)) : Buffer.from(bytes);
}

/** Frame by frame: Node's decompressor stops at the end of the first one. */
function zstdText(bytes: Buffer): Buffer {
  const texts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.readUInt32LE(at) >>> 4 === 0x184d2a5) {
      at += 8 + bytes.readUInt32LE(at + 4);
      continue;
    }
    const frame = zstdDecompressSync(bytes.subarray(at), { info: true } as ZstdOptions);
    const { buffer, engine } = frame as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    texts.push(buffer);
    at += engine.bytesWritten;
  }
  return Buffer.concat(texts);
}
