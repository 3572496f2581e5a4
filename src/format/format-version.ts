/** The versions of the file format that are read. They differ in how chains of gzip members are cut: docs/format.md. */
export type Format = 1 | 2;

/** The newest version that is written. A file in which nothing of it is needed is of format 1. */
export const NEWEST: Format = 2;

export function isFormat(version: number): version is Format {
  return version === 1 || version === NEWEST;
}
