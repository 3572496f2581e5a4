/** The sizes of some archive files together. */
export interface FileTotals {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  readonly rawBytes: number;
}

export function fileTotals(
  files: readonly { readonly rows: number; readonly bytes: number; readonly rawBytes: number }[],
): FileTotals {
  const total = { files: files.length, rows: 0, bytes: 0, rawBytes: 0 };
  for (const { rows, bytes, rawBytes } of files) {
    total.rows += rows;
    total.bytes += bytes;
    total.rawBytes += rawBytes;
  }
  return total;
}
