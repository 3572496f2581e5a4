import { LAKE, parseLakePath } from '../format/lake/lake-path.ts';
import {
  parseBundlePath,
  parseSegmentName,
  parseWarmPath,
  type SegmentName,
} from '../format/segment-names.ts';
import { INDEX_FILE, QUARANTINE } from './archive-path.ts';
import type { ArchiveStore, StoredFile } from './archive-store.ts';
import { IDENTITY_FILE } from './identity.ts';
import { LINEAGE_FILE } from './lineage.ts';
import { isRecordPath, RECORD_FOLDERS, type RecordFolder } from './records.ts';

/** A folder at the root of the archive in which Firn stores files. */
export type ArchiveFolder = 'warm' | 'cold' | typeof QUARANTINE | typeof LAKE | RecordFolder;

interface Listed extends StoredFile {
  /** Where it lies; null for the root, and for a folder that Firn does not make. */
  readonly folder: ArchiveFolder | null;
}

/** A file of the warm tier with the name of a segment. */
export interface SegmentFile extends Listed {
  readonly kind: 'segment';
  readonly segment: string;
  readonly name: SegmentName;
}

/** A file of the cold tier with the name of a bundle. */
export interface BundleFile extends Listed {
  readonly kind: 'bundle';
  /** `YYYY-MM`. */
  readonly month: string;
}

/** A file that was moved out of the way. */
export interface QuarantinedFile extends Listed {
  readonly kind: 'quarantined';
  /** The segment whose name it had in the warm tier; null for any other file. */
  readonly segment: string | null;
}

/** A file of the lake, by its path: a Parquet copy of rows, which is never the only one. */
export interface LakeStoredFile extends Listed {
  readonly kind: 'lake';
}

/** `note`: why a file is in quarantine. `root`: `archive.json`, `lineage.json` and `lookup.index`. `foreign`: no file of Firn's has such a path. */
interface OtherFile extends Listed {
  readonly kind: 'note' | 'record' | 'root' | 'foreign';
}

/** A file of the archive, and what its path says that it is. Nothing of the file has been read. */
export type ListedFile = SegmentFile | BundleFile | QuarantinedFile | LakeStoredFile | OtherFile;

const FOLDERS: readonly ArchiveFolder[] = ['warm', 'cold', QUARANTINE, LAKE, ...RECORD_FOLDERS];
const NOTE = '.note.txt';

/** The files of one folder, or of all locations of the archive that are there, sorted by path. This is the one place that tells from a path what lies there. */
export async function listFiles(
  archive: ArchiveStore,
  folder: ArchiveFolder | '' = '',
): Promise<readonly ListedFile[]> {
  return (await archive.list(folder)).map(whatIs);
}

/** The segments of the warm tier, by their names. */
export async function warmFiles(archive: ArchiveStore): Promise<readonly SegmentFile[]> {
  return (await listFiles(archive, 'warm')).filter((file) => file.kind === 'segment');
}

/** The bundles of the cold tier, by their names. */
export async function bundleFiles(archive: ArchiveStore): Promise<readonly BundleFile[]> {
  return (await listFiles(archive, 'cold')).filter((file) => file.kind === 'bundle');
}

/** What is in quarantine, without the notes. */
export async function quarantinedFiles(archive: ArchiveStore): Promise<readonly QuarantinedFile[]> {
  return (await listFiles(archive, QUARANTINE)).filter((file) => file.kind === 'quarantined');
}

/** Whether a file lies in a tier, whatever it is. */
export function isInTier({ folder }: Pick<Listed, 'folder'>): boolean {
  return folder === 'warm' || folder === 'cold';
}

/** The folder of a path; null for the root, and for a folder that Firn does not make. */
function folderOf(path: string): ArchiveFolder | null {
  return FOLDERS.find((folder) => path.startsWith(`${folder}/`)) ?? null;
}

/** Whether a file lies in a tier, or was moved to quarantine from there. */
export function isOfTier({ folder, path }: Listed): boolean {
  const was = folder === QUARANTINE ? folderOf(path.slice(QUARANTINE.length + 1)) : folder;
  return isInTier({ folder: was });
}

/** The name that a segment in quarantine had; null for any other path. */
export function quarantinedSegment(path: string): string | null {
  const [, name] = /^quarantine\/warm\/(.+?)(?:\.\d+)?$/.exec(path) ?? [];
  if (name === undefined) return null;
  return (
    [path.slice('quarantine/warm/'.length), name].find((each) => parseSegmentName(each) !== null) ?? null
  );
}

function whatIs(stored: StoredFile): ListedFile {
  const { path } = stored;
  const file = { ...stored, folder: folderOf(path) };
  if (file.folder === QUARANTINE) {
    if (path.endsWith(NOTE)) return { ...file, kind: 'note' };
    return { ...file, kind: 'quarantined', segment: quarantinedSegment(path) };
  }
  const segment = parseWarmPath(path);
  if (segment !== null) return { ...file, kind: 'segment', segment, name: parseSegmentName(segment)! };
  const month = parseBundlePath(path);
  if (month !== null) return { ...file, kind: 'bundle', month };
  if (path === IDENTITY_FILE || path === LINEAGE_FILE || path === INDEX_FILE)
    return { ...file, kind: 'root' };
  if (parseLakePath(path) !== null) return { ...file, kind: 'lake' };
  return { ...file, kind: isRecordPath(path) ? 'record' : 'foreign' };
}
