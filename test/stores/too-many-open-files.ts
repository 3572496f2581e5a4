import { closeSync, openSync } from 'node:fs';
import { fileLocation } from '../../src/model/location.ts';
import { onePlace } from '../../src/model/policy/archive-places.ts';
import { openArchive } from '../../src/stores/open-archive.ts';
import { hotBackend } from '../../src/stores/open-hot.ts';

/*
 * A process of its own, that may have few files open: reads an archive file and opens a database while it has as many open as it may, and
 * closes them in the second pause. Prints what it read, and the pauses.
 */
const [folder, path, database] = process.argv.slice(2) as [string, string, string];
const held: number[] = [];
const waits: number[] = [];
const clock = {
  now: () => 0,
  monotonic: () => 0,
  sleep: async (ms: number) => {
    waits.push(ms);
    if (waits.length % 2 === 0) for (const file of held.splice(0)) closeSync(file);
  },
};

function exhaust(): void {
  try {
    for (;;) held.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
  }
}

const archive = openArchive(onePlace(fileLocation(folder)), { clock });
const hot = hotBackend(fileLocation(database), clock);
// What is loaded when it is first used.
await (await hot.reader())[Symbol.asyncDispose]();
await archive.list('');
exhaust();
await using file = await archive.open(path);
const text = Buffer.from(await file.read(0, file.bytes)).toString();
exhaust();
await using reader = await hot.reader();
process.stdout.write(JSON.stringify({ text, tables: await reader.tables(), waits }));
