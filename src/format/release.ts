/**
 * Gives the memory of bytes that nobody will read again back at once; the collector, which does not see it as its own, would come round too
 * rarely for megabytes a moment. Leaves alone what is only a part of its buffer, which may have other readers.
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffer.transfer(0);
}
