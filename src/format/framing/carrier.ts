import type { Compression } from '../../model/policy/compression.ts';
import type { Format } from '../format-version.ts';
import { type ExtraId, extraChain, extraChainLength, extraPayload } from './gzip-member.ts';
import { skippableFrame, skippableLength, skippablePayload } from './zstd-frame.ts';

/** How bytes that are not rows stand in a compressed file, so that every decoder passes over them. An empty payload takes no bytes. */
export interface Carrier {
  wrap(id: ExtraId, payload: Uint8Array, format?: Format): Buffer;
  /** How many bytes `wrap` makes of a payload. */
  wrappedLength(payload: number, format?: Format): number;
  /** The inverse of `wrap`; null for bytes that it does not make. */
  unwrap(id: ExtraId, bytes: Uint8Array, format?: Format): Buffer | null;
}

/** Those of files of lines need the whole line: `layout.ts`, `tail.ts`. */
export const carriers: Readonly<Record<Exclude<Compression, 'none'>, Carrier>> = {
  gzip: { wrap: extraChain, wrappedLength: extraChainLength, unwrap: extraPayload },
  zstd: { wrap: skippableFrame, wrappedLength: skippableLength, unwrap: skippablePayload },
};
