/** The versions of the file format that are read: docs/format.md. */
export type Format = 1 | 2 | 3;

/** Those of bundles. */
export type BundleFormat = Exclude<Format, 3>;

/** The newest version of each kind of file. Firn writes a file in the oldest version that can describe it. */
export const NEWEST = { segment: 3, bundle: 2 } as const;

export function isFormat(version: number, kind: keyof typeof NEWEST): version is Format {
  return version >= 1 && version <= NEWEST[kind];
}
