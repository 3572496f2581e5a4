import assert from 'node:assert/strict';
import type { ArchiveStore, PendingFile } from '../../../src/archive/archive-store.ts';
import { type ErrorCode, FirnError } from '../../../src/model/errors.ts';

/** Publishes a file of these bytes, as careful callers do. */
export async function publish(
  store: Pick<ArchiveStore, 'create'>,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const file = await store.create(path);
  try {
    await file.write(bytes);
    await file.sync();
    await file.publish();
  } finally {
    await file.abandon();
  }
}

export async function publishText(
  store: Pick<ArchiveStore, 'create'>,
  path: string,
  text: string,
): Promise<void> {
  await publish(store, path, Buffer.from(text));
}

export async function readBytes(store: ArchiveStore, path: string): Promise<Uint8Array> {
  await using file = await store.open(path);
  return await file.read(0, file.bytes);
}

export async function readText(store: ArchiveStore, path: string): Promise<string> {
  return Buffer.from(await readBytes(store, path)).toString();
}

/** Asserts that the action fails with a FirnError of that code. */
export async function refusesWith(code: ErrorCode, action: Promise<unknown>): Promise<void> {
  await assert.rejects(action, (error) => {
    assert.ok(error instanceof FirnError, `expected a FirnError, got ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return true;
  });
}

/** A durable file without a name yet. */
export async function written(store: ArchiveStore, path: string, text: string): Promise<PendingFile> {
  const file = await store.create(path);
  await file.write(Buffer.from(text));
  await file.sync();
  return file;
}

/** What a list says of each file, but for the times, which no test knows. */
export async function filesIn(
  store: ArchiveStore,
  prefix: string,
): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  return (await store.list(prefix)).map(({ path, bytes }) => ({ path, bytes }));
}
