// What the single executable runs: it writes the files of the package beside the user's caches, once for each build, and starts the launcher there.
// Threads, pages and lazily loaded modules then find their files as in the installed package.
const { mkdirSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { getAsset } = require('node:sea');

const { id, files } = JSON.parse(getAsset('files.json', 'utf8'));
const caches = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'firn');
const folder = join(caches, id);

function unpack() {
  mkdirSync(caches, { recursive: true, mode: 0o700 });
  const half = `${folder}.${process.pid}`;
  for (const name of files) {
    mkdirSync(dirname(join(half, name)), { recursive: true, mode: 0o700 });
    writeFileSync(join(half, name), Buffer.from(getAsset(name)), { mode: 0o600 });
  }
  try {
    renameSync(half, folder);
  } catch {
    // Another process was first.
    rmSync(half, { recursive: true });
  }
}

if (statSync(folder, { throwIfNoEntry: false }) === undefined) unpack();
const { uid, mode } = statSync(folder);
if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) {
  process.stderr.write(
    `error: ${folder} can be written by others\n  next   Remove it, or set XDG_CACHE_HOME to a folder of yours.\n`,
  );
  process.exit(1);
}
// Cron entries, units and the web server start this executable with the launcher as its first argument, as they start Node.js.
const launcher = join(folder, 'bin', 'firn.js');
const isNamed = process.argv[2]?.endsWith(join('bin', 'firn.js')) === true;
process.argv = [process.execPath, launcher, ...process.argv.slice(isNamed ? 3 : 2)];
createRequire(launcher)(launcher);
