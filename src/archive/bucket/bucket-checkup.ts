import type { S3Location } from '../../model/location.ts';

/** What the bucket of an archive says of itself. Asking changes nothing. */
export interface BucketCheckup {
  readonly location: S3Location;
  /** Rejects when the bucket cannot be reached or listed. */
  look(): Promise<BucketState>;
}

/** An answer, or why there is none: the credentials may not ask (`denied`), or the server does not know the question (`unsupported`). */
export type Told<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: 'denied' | 'unsupported' };

export interface BucketState {
  /** Who signs the requests, in words, without a secret. */
  readonly signer: string;
  readonly region: string;
  /** How far the clock of this machine is ahead of the server's, in milliseconds; null when the server does not say its time. */
  readonly clockAheadMs: number | null;
  readonly versioning: Told<Versioning>;
  /** Null: new objects are not locked. */
  readonly defaultRetention: Told<Retention | null>;
  readonly lifecycle: Told<readonly LifecycleRule[]>;
  /** How the server encrypts new objects, as it names it (`AES256`, `aws:kms`); null when it says that it does not. */
  readonly encryption: Told<string | null>;
  /** Why others than its owner may read or change the bucket, in words; [] when nothing allows it. */
  readonly openings: Told<readonly string[]>;
}

export interface Versioning {
  /** `off`: it never kept versions. */
  readonly status: 'off' | 'enabled' | 'suspended';
  /** Versions are deleted only with a second factor. */
  readonly mfaDelete: boolean;
}

export interface Retention {
  readonly mode: string;
  /** `30 days` */
  readonly period: string;
}

/** A rule that is enabled. */
export interface LifecycleRule {
  readonly id: string;
  /** What the keys begin with that it applies to. */
  readonly prefix: string;
  /** `name=value`; it applies only to objects that have all of them. */
  readonly tags: readonly string[];
  /** In words, such as `larger than 131072 bytes`; '' for any size. */
  readonly sizes: string;
  readonly actions: readonly LifecycleAction[];
}

export interface LifecycleAction {
  readonly kind: 'expire' | 'expire_older_versions' | 'move' | 'move_older_versions' | 'unknown';
  /** `after 30 days`, `on 2027-01-01`; of an unknown action its name. */
  readonly when: string;
  /** Where objects move to; '' for another kind. */
  readonly storageClass: string;
}
