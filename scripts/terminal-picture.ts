/**
 * Makes the README's moving picture of a terminal, docs/images/terminal.svg, from real runs on the demonstration's data: `npm run
 * terminal-picture`. Needs util-linux's `script`.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoDatabase } from '../src/demo/demo-database.ts';
import { instantOfMs } from '../src/model/instant.ts';
import { systemClock } from '../src/stores/system-clock.ts';
import { filmScenes, type Scene } from './terminal/film.ts';
import { filmAsSvg } from './terminal/film-svg.ts';

const IMAGE = join(import.meta.dirname, '..', 'docs', 'images', 'terminal.svg');
const SIZE = { columns: 84, rows: 27 };
const ROWS = 100_000;

const SCENES: readonly Scene[] = [
  { typed: 'firn archive all --dry-run', read: 5000 },
  { typed: 'firn archive all', read: 5000 },
  {
    typed: 'firn search "expected 3 to equal 4" --table tool_uses --limit 5 --columns tool,input_summary',
    read: 6000,
  },
  { typed: 'zcat archives/warm/*/tool_uses.jsonl.gz | grep -c "expected 3 to equal 4"', read: 3000 },
  { typed: 'firn verify --deep', read: 5000 },
];

const folder = mkdtempSync(join(tmpdir(), 'firn-picture-'));
try {
  const [home, programs] = [join(folder, 'agents'), join(folder, 'bin')];
  for (const path of [home, programs]) mkdirSync(path);
  symlinkSync(join(import.meta.dirname, '..', 'bin', 'firn.js'), join(programs, 'firn'));
  mkdirSync(join(home, 'database'));
  createDemoDatabase(join(home, 'database', 'ideas.db'), {
    rows: ROWS,
    days: 60,
    now: instantOfMs(systemClock.now()),
    seed: 7,
  });
  writeFileSync(join(home, 'firn.config.yaml'), 'database: database/ideas.db\narchives: archives\n');
  const frames = await filmScenes(SCENES, SIZE, {
    cwd: home,
    env: { ...process.env, PATH: `${programs}:${process.env.PATH}`, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
  const title = 'Firn archives the old rows of a database, finds them again, and verifies the archives';
  writeFileSync(IMAGE, filmAsSvg(frames, SIZE, title));
  console.log(`${IMAGE}: ${frames.length} frames`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
