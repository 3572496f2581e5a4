import { FirnError } from '../model/errors.ts';
import type { ArchiveStore } from './archive-store.ts';

/** The generation of a run, and the one of its database before it. */
export interface Generation {
  readonly generation: string;
  /** Null: the database had none. */
  readonly before: string | null;
}

/**
 * Which state of the database last changed the archive: the content of `lineage.json` at its root. Each run that changes things has a
 * generation, a random name that it also leaves in its database. Two copies of one database that change the archive in turn
 * become branches, which is how they are told from a database that was restored to an older state.
 */
export interface Lineage {
  readonly format: 1;
  /** The ledger's identity of the database. */
  readonly database: string;
  /** Where database and archive were, and on which host. Where both were copied, they are a pair of their own. */
  readonly path: string;
  readonly archive: string;
  readonly host: string;
  /** Where the bundles are, if they have a location of their own. */
  readonly cold?: string;
  /** Runs, the newest last; the last one is the archive's generation. */
  readonly generations: readonly Generation[];
}

/** The path of the record. */
export const LINEAGE_FILE = 'lineage.json';

/** Runs that are remembered. Of a database older than them only its path is judged. */
const REMEMBERED = 300;
const LARGEST = 1 << 20;

/** Null when there is none, or none that can be understood: it only ever refuses runs, and the next one writes it again. */
export async function readLineage(archive: ArchiveStore): Promise<Lineage | null> {
  try {
    await using file = await archive.open(LINEAGE_FILE);
    if (file.bytes > LARGEST) return null;
    const value: unknown = JSON.parse(new TextDecoder().decode(await file.read(0, file.bytes)));
    return isLineage(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof FirnError && (error.code === 'not_found' || error.code === 'integrity')) return null;
    throw error;
  }
}

/** Writes the record in the place of the one before, atomically and durably. */
export async function writeLineage(archive: ArchiveStore, lineage: Lineage): Promise<void> {
  const generations = lineage.generations.slice(-REMEMBERED);
  const file = await archive.create(LINEAGE_FILE);
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify({ ...lineage, generations })}\n`));
    await file.sync();
    await file.replace();
  } finally {
    await file.abandon();
  }
}

/** Whether the archive's generation descends from this one: true, false for another branch, null when that is not remembered. */
export function descendsFrom({ generations }: Lineage, generation: string): boolean | null {
  const before = new Map(generations.map((one) => [one.generation, one.before]));
  if (!before.has(generation)) return null;
  let at = generations.at(-1)?.generation ?? null;
  for (let steps = 0; at !== null && steps <= generations.length; steps++) {
    if (at === generation) return true;
    at = before.get(at) ?? null;
  }
  return false;
}

function isLineage(value: unknown): value is Lineage {
  if (typeof value !== 'object' || value === null) return false;
  const { format, database, path, archive, host, cold, generations } = value as Partial<
    Record<keyof Lineage, unknown>
  >;
  return (
    format === 1 &&
    [database, path, archive, host, cold ?? ''].every((text) => typeof text === 'string') &&
    Array.isArray(generations) &&
    generations.every(isGeneration)
  );
}

function isGeneration(value: unknown): value is Generation {
  if (typeof value !== 'object' || value === null) return false;
  const { generation, before } = value as Partial<Record<keyof Generation, unknown>>;
  return typeof generation === 'string' && (before === null || typeof before === 'string');
}
