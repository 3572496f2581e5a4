import type { ArchiveCapabilities } from '../../archive-store.ts';

/** Of every archive on S3, known before its code is loaded. */
export const S3_CAPABILITIES: ArchiveCapabilities = {
  localPath: () => null,
  // Of a versioned bucket, every version is deleted.
  erasesInPlace: true,
  isRemote: true,
};
