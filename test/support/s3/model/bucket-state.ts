import { hash } from 'node:crypto';
import { contentPrint } from '../../faults/disk/simulated-file.ts';

/** What a bucket is, apart from what is in it. */
export interface BucketKind {
  /** Keep what is replaced and deleted as older versions. */
  readonly versioned: boolean;
  /** Retention and legal holds are allowed. */
  readonly objectLock: boolean;
  /** `aws`: as Amazon documents it. `radosgw`: as Ceph 16.2 does it, where that differs. */
  readonly server: 'aws' | 'radosgw';
  /** Conditions on PUT are not looked at, as in Swift's `s3api`. */
  readonly ignoresConditions: boolean;
}

export interface ObjectVersion {
  readonly versionId: string;
  /** A delete marker has no bytes. */
  readonly isMarker: boolean;
  readonly body: Uint8Array;
  /** Without quotes. */
  readonly etag: string;
  /** As they are given back: `content-type`, `x-amz-meta-…`, `x-amz-storage-class`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly modified: number;
  readonly retainUntil: number | null;
  readonly isHeld: boolean;
  /** Of a class that has to be restored before it is read. */
  readonly thaw: 'none' | 'asked' | 'done';
}

export interface Upload {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: ReadonlyMap<number, { readonly etag: string; readonly body: Uint8Array }>;
}

/** All that a bucket holds. Its parts are never changed in place, so that a copy costs little. */
export class BucketState {
  readonly kind: BucketKind;
  /** By key, the newest first; never an empty list. */
  readonly objects: Map<string, readonly ObjectVersion[]>;
  readonly uploads: Map<string, Upload>;
  /** The XML of the lifecycle rules; null for none. */
  lifecycle: string | null = null;
  /** Days for which new versions are retained; null for none. */
  retentionDays: number | null = null;
  #drawn = 0;

  constructor(kind: BucketKind, from: BucketState | null = null) {
    this.kind = kind;
    this.objects = new Map(from?.objects);
    this.uploads = new Map(from?.uploads);
    if (from !== null) {
      [this.lifecycle, this.retentionDays, this.#drawn] = [from.lifecycle, from.retentionDays, from.#drawn];
    }
  }

  /** The same bucket, on its own from now on. */
  copy(): BucketState {
    return new BucketState(this.kind, this);
  }

  current(key: string): ObjectVersion | null {
    const newest = this.objects.get(key)?.[0];
    return newest === undefined || newest.isMarker ? null : newest;
  }

  /** A new version on top, or in place of the only one. */
  add(key: string, version: Omit<ObjectVersion, 'versionId'>): ObjectVersion {
    const added = { ...version, versionId: this.kind.versioned ? this.draw('version') : 'null' };
    const older = this.kind.versioned ? (this.objects.get(key) ?? []) : [];
    this.objects.set(key, [added, ...older]);
    return added;
  }

  replaceVersions(key: string, versions: readonly ObjectVersion[]): void {
    if (versions.length === 0) this.objects.delete(key);
    else this.objects.set(key, versions);
  }

  /** As after the hours in which the provider restores what was asked for. */
  thawAll(): void {
    for (const [key, versions] of this.objects) {
      const thawed = versions.map((version) =>
        version.thaw === 'asked' ? { ...version, thaw: 'done' as const } : version,
      );
      this.objects.set(key, thawed);
    }
  }

  draw(kind: string): string {
    return `${kind}-${String(++this.#drawn).padStart(8, '0')}`;
  }

  /** Keys in the order of their UTF-8 bytes, in which they are listed. */
  keys(): string[] {
    return [...this.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  /** Equal only for buckets that answer alike, but for the names of versions and uploads and for times. */
  print(): string {
    const objects = this.keys().map((key) => `${key}: ${this.objects.get(key)!.map(versionPrint).join(' ')}`);
    const uploads = [...this.uploads.values()].map(
      ({ key, headers, parts }) =>
        `upload of ${key}: ${JSON.stringify(headers)} ${[...parts].map(([n, { etag }]) => `${n} ${etag}`).join()}`,
    );
    return [...objects, ...uploads.sort(), this.lifecycle, this.retentionDays].join('\n');
  }
}

/** Versions are never changed in place. */
const prints = new WeakMap<ObjectVersion, string>();

function versionPrint(version: ObjectVersion): string {
  const known = prints.get(version);
  if (known !== undefined) return known;
  const { body, isMarker, headers, retainUntil, isHeld, thaw } = version;
  const digest = hash('sha256', body);
  // Of what is drawn by lot, as identities are, the digest differs in each run.
  const told = Object.entries(headers).filter(([, value]) => value !== digest);
  const print = JSON.stringify([isMarker, contentPrint(body), told, retainUntil !== null, isHeld, thaw]);
  prints.set(version, print);
  return print;
}
