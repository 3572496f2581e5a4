import { once } from 'node:events';
import { parseSegmentName } from '../segment-names.ts';

/** Loaded when there is a bundle, because it takes 5 MB. By its default export: a bundler gives no other of a CommonJS module. */
const library = async (): Promise<typeof import('tar-stream')> => (await import('tar-stream')).default;

const TAR_BLOCK = 512;

/** Two empty blocks end a tar file. */
export const END_OF_ARCHIVE: Uint8Array = new Uint8Array(2 * TAR_BLOCK);

/** Zeros behind an entry's data, up to a whole block. */
export function paddingOf(bytes: number): number {
  return (TAR_BLOCK - (bytes % TAR_BLOCK)) % TAR_BLOCK;
}

/** The header of a segment's entry: one block, or more where the name or size needs it. Depends on name and size only. */
export async function tarHeader(name: string, bytes: number): Promise<Buffer> {
  const archive = (await library()).pack();
  const mtime = new Date(`${parseSegmentName(name)!.day}T00:00:00Z`);
  const entry = archive.entry({ name, size: bytes, mode: 0o600, mtime, type: 'file' });
  await once(archive, 'readable');
  const header: Uint8Array[] = [];
  for (let block = archive.read(); block !== null; block = archive.read()) header.push(block as Uint8Array);
  // The data goes its own way, so this archive ends here; its entry complains of that.
  entry.on('error', () => {});
  archive.destroy();
  return Buffer.concat(header);
}

/** Name and size that a file entry's header gives; null for anything else. */
export async function readTarHeader(
  header: Uint8Array,
): Promise<{ readonly name: string; readonly bytes: number } | null> {
  const archive = (await library()).extract();
  try {
    return await new Promise((resolve) => {
      archive.on('entry', ({ name, size, type }, data) => {
        // The data is not handed in, of which it complains.
        data.on('error', () => {});
        resolve(type === 'file' && size !== undefined ? { name, bytes: size } : null);
      });
      archive.on('error', () => resolve(null));
      archive.on('finish', () => resolve(null));
      archive.end(header);
    });
  } finally {
    archive.destroy();
  }
}
