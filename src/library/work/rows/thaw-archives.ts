import type { ThawedFile, ThawOutcome, ThawReport, ThawWish } from '../../../archive/bucket/thawing.ts';
import { isNotThere } from '../../../model/errors.ts';
import type { Stores } from '../../../operate/stores.ts';
import { estimateInto, type RestoreWish } from './restore-into.ts';

export const DEFAULT_THAW_DAYS = 7;

/**
 * Asks for every file that the restore needs and that has to be thawed. Its `files` are empty when there is none.
 * @param isDryRun only says which files those are.
 */
export async function thawArchives(
  stores: Stores,
  wish: RestoreWish,
  thaw: ThawWish,
  isDryRun: boolean,
): Promise<ThawReport> {
  const { problems } = await estimateInto(stores, wish);
  const frozen = new Map(
    problems.flatMap(({ path, frozen: how }) => (how === undefined ? [] : [[path, how]])),
  );
  const thawing = frozen.size === 0 || isDryRun ? null : await stores.openThawing();
  const files: ThawedFile[] = [];
  for (const [path, how] of frozen) {
    if (thawing === null) files.push({ path, state: how === 'frozen' ? 'needed' : 'in_progress' });
    else files.push(...(await ask(thawing.ask(path, thaw), path)));
  }
  return { ...thaw, files };
}

/** What is gone by now is where its rows are: the restore finds them. */
async function ask(asked: Promise<ThawOutcome>, path: string): Promise<ThawedFile[]> {
  try {
    return [{ path, state: await asked }];
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
}
