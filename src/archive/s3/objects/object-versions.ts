import { FirnError } from '../../../model/errors.ts';
import { type KeptFile, RemovalRefused } from '../../archive-store.ts';
import { s3CodeOf } from '../requests/s3-failure.ts';
import { childrenOf, childText, parseXml, type XmlElement } from '../requests/s3-xml.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import { decodeKey } from './decode-key.ts';
import { listPages } from './list-pages.ts';

const OPERATION = 'remove an archive file';

/** Deletes objects so that no version of them is left. */
export class ObjectRemover {
  readonly #bucket: ArchiveBucket;
  #keepsVersions: Promise<boolean> | null = null;

  constructor(bucket: ArchiveBucket) {
    this.#bucket = bucket;
  }

  /** Deletes every version of an object. Nothing happens when there is none. Throws `refused` when the bucket does not allow it. */
  async remove(key: string): Promise<void> {
    this.#keepsVersions ??= keepsVersions(this.#bucket);
    if (!(await this.#keepsVersions)) return await this.#delete(key, null);
    const { versions, markers } = await listVersions(this.#bucket, key);
    // The oldest first, and markers last: at no moment does an older version come to light.
    for (const version of [...versions.reverse(), ...markers.reverse()]) await this.#delete(key, version);
  }

  async #delete(key: string, version: string | null): Promise<void> {
    const query = version === null ? {} : { query: { versionId: version } };
    const answer = await this.#bucket
      .send({ method: 'DELETE', key, ...query }, OPERATION)
      .catch(async (error: unknown) => {
        if (!(error instanceof FirnError) || error.code !== 'refused') throw error;
        throw await refusedRemoval(this.#bucket, key, query, error);
      });
    if (answer.status < 300 || answer.status === 404) return;
    throw new FirnError('unavailable', `the object could not be deleted (HTTP ${answer.status})`, {
      ...{ operation: OPERATION, path: this.#bucket.address(key) },
      hint: 'Nothing is lost. Run again.',
    });
  }
}

/** Why an object stays, as far as the bucket says. */
async function refusedRemoval(
  bucket: ArchiveBucket,
  key: string,
  query: { readonly query?: Readonly<Record<string, string>> },
  cause: FirnError,
): Promise<RemovalRefused> {
  const head = await bucket.send({ method: 'HEAD', key, ...query }, OPERATION).catch(() => null);
  const until = head?.headers.get('x-amz-object-lock-retain-until-date') ?? null;
  const isHeld = head?.headers.get('x-amz-object-lock-legal-hold') === 'ON';
  const locks = [
    ...(until === null ? [] : [`it is locked until ${until}`]),
    ...(isHeld ? ['it has a legal hold'] : []),
  ];
  const why = locks.length === 0 ? cause.message : locks.join(', and ');
  const kept: KeptFile = { path: key, why: `the bucket does not allow the object to be deleted: ${why}` };
  return new RemovalRefused([kept], {
    ...{ operation: OPERATION, path: bucket.address(key), cause },
    hint:
      locks.length === 0
        ? 'Give the user that signs the requests the right to delete objects and their versions (docs/s3.md). The next run tries again.'
        : 'The bytes stay in the bucket. Firn tries again with each run.',
  });
}

/** Whether the bucket keeps older versions. One that does not let us ask, may. */
async function keepsVersions(bucket: ArchiveBucket): Promise<boolean> {
  try {
    const answer = await bucket.ask({ versioning: '' }, 'look whether the bucket keeps versions');
    if (answer.status !== 200) return false;
    const root = parseXml(await answer.body(), 'VersioningConfiguration', OPERATION, bucket.address(''));
    return childText(root, 'Status') !== '';
  } catch (error) {
    if (s3CodeOf(error) === 'NotImplemented') return false;
    if (s3CodeOf(error) === 'AccessDenied') return true;
    throw error;
  }
}

/** Of one key, the newest first. */
async function listVersions(
  bucket: ArchiveBucket,
  key: string,
): Promise<{ readonly versions: string[]; readonly markers: string[] }> {
  const [versions, markers]: [string[], string[]] = [[], []];
  const prefix = bucket.prefix + key;
  const add = (to: string[], elements: readonly XmlElement[]): void => {
    for (const one of elements)
      if (decodeKey(childText(one, 'Key')) === prefix) to.push(childText(one, 'VersionId'));
  };
  const list = {
    root: 'ListVersionsResult',
    query: { versions: '' },
    ...{ prefix, next: { 'key-marker': 'NextKeyMarker', 'version-id-marker': 'NextVersionIdMarker' } },
  };
  for await (const page of listPages(bucket.client, list, OPERATION)) {
    add(versions, childrenOf(page, 'Version'));
    add(markers, childrenOf(page, 'DeleteMarker'));
    // What comes behind has other keys.
    if (decodeKey(childText(page, 'NextKeyMarker')) > prefix) break;
  }
  return { versions, markers };
}
