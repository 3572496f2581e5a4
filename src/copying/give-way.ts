import { readdirSync, readFileSync } from 'node:fs';
import { constants, platform, setPriority } from 'node:os';

/** Linux: niceness belongs to threads, not to processes (setpriority(2), "C library/kernel differences"). */
const TASKS = '/proc/self/task';

/**
 * Makes the calling thread and the pool that compresses give way to every other thread of the machine: to the deleting one, which must
 * not be kept waiting while it holds the database's lock, and to the programs beside us. Where niceness is of the whole process, nothing is done.
 */
export function giveWay(): void {
  if (platform() !== 'linux') return;
  const low = constants.priority.PRIORITY_BELOW_NORMAL;
  try {
    setPriority(0, low);
    for (const task of readdirSync(TASKS)) {
      const name = readFileSync(`${TASKS}/${task}/comm`, 'utf8');
      if (name.startsWith('libuv')) setPriority(Number(task), low);
    }
  } catch {
    // A sandbox may forbid it, or hide /proc: the run is then only less gentle.
  }
}
