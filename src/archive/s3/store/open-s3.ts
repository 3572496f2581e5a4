import type { S3Location } from '../../../model/location.ts';
import type { S3Settings } from '../../../model/policy/s3-settings.ts';
import type { ArchiveStore } from '../../archive-store.ts';
import type { FileSystem } from '../../disk/file-system.ts';
import { IndexCache } from '../cache/index-cache.ts';
import { conditionHeadersOf } from '../objects/condition-headers.ts';
import { S3Reading } from '../reading/s3-reading.ts';
import { openS3Client, type S3World } from '../requests/open-client.ts';
import { S3Writing } from '../writing/s3-writing.ts';
import { S3Archive } from './s3-archive.ts';

/** Where files are until they are in the bucket. */
export interface S3Disk {
  /** The folder of the spools of a database, absolute. */
  readonly spool: string;
  readonly fileSystem: FileSystem;
}

/** Opens the archive store at a location. Nothing is sent yet, and nothing is written to the disk. */
export function openS3(location: S3Location, settings: S3Settings, world: S3World & S3Disk): ArchiveStore {
  const { clock, spool, fileSystem } = world;
  const { storageClass, allowUnconditional } = settings;
  const client = openS3Client(location, settings, world);
  const { versionOf } = conditionHeadersOf(location);
  const cache = settings.cache === null ? null : new IndexCache(settings.cache, location, clock);
  const reading = new S3Reading({ client, clock, versionOf, cache });
  const writing = new S3Writing({
    ...{ client, clock, spool, fileSystem, storageClass, allowUnconditional },
    seen: (path) => reading.seen(path),
    changed: (path) => reading.changed(path),
  });
  return new S3Archive(client, reading, writing);
}
