/**
 * Gives the memory of bytes that nobody will read again back at once; the collector, which does not see it as its own, would come round too
 * rarely for megabytes a moment. Leaves alone what is only a part of its buffer, which may have other readers; one byte that is left over is no
 * reader (what is inflated is given one more than it should need).
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && byteLength > 0 && byteLength + 1 >= buffer.byteLength)
    buffer.transfer(0);
}

/** The same for what zlib alone has made: bytes in a buffer of this size that nobody shares, or, where it did not suffice, in one of their own. */
export function releaseOutput(bytes: Uint8Array, size: number): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === size && size > Buffer.poolSize)
    buffer.transfer(0);
  else release(bytes);
}
