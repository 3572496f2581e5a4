/** The versions of the file format that are read. They differ in how chains of gzip members are cut: docs/format.md. */
export type Format = 1 | 2;

/** The version that is written. */
export const FORMAT: Format = 2;

export function isFormat(version: number): version is Format {
  return version === 1 || version === FORMAT;
}
