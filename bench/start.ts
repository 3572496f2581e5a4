import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Benchmark, type Figure, milliseconds } from './benchmark.ts';
import { promise, ratio } from './figures.ts';
import { archiveAll, bareFirn, firn } from './firn-process.ts';
import { FRESH_DAYS, toolUses, type Workspace, workspace } from './fixtures.ts';
import { timed } from './measured.ts';
import { inRounds } from './rounds.ts';

/** Short runs vary more: so many for each run of a long one. */
const REPEATS = 5;
const ROOT = join(import.meta.dirname, '..');

/** What every command costs before it does anything, and what a run costs that finds nothing to do. */
export const start: Benchmark = {
  name: 'start',
  about:
    'firn --help, a search by key, status, and firn archive all with nothing to archive, in a checkout and as the package is installed; with a warm compile cache',
  async run(options): Promise<Figure[]> {
    using work = workspace(toolUses(options.rows, FRESH_DAYS));
    const first = await archiveAll(work);
    if (first.rows > 0) options.warn(`start: ${first.rows} rows were due, which should have been none`);
    const launcher = installed(work);
    const commands = {
      help: bareFirn('--help'),
      noop: firn(work, 'archive', 'all', '--json'),
      search: firn(work, 'search', '--table', 'tool_uses', '--where', 'id=none'),
      status: firn(work, 'status'),
    };
    const packaged = (command: readonly string[]): [string, ...string[]] => [
      process.execPath,
      launcher,
      ...command.slice(2),
    ];
    for (const command of Object.values(commands)) {
      await timed(command);
      await timed(packaged(command));
    }
    const rounds = await inRounds(options.runs * REPEATS, {
      node: () => timed([process.execPath, '--eval', '0']),
      help: () => timed(commands.help),
      noop: () => timed(commands.noop),
      search: () => timed(commands.search),
      status: () => timed(commands.status),
      packagedNoop: () => timed(packaged(commands.noop)),
      packagedSearch: () => timed(packaged(commands.search)),
      packagedStatus: () => timed(packaged(commands.status)),
    });
    const ms = (runs: readonly { readonly ms: number }[]): number[] => runs.map((run) => run.ms);
    const [node, help] = [ms(rounds.node), ms(rounds.help)];
    return [
      promise('firn --help / 120 ms', help, 120, milliseconds),
      ratio('firn --help / node --eval 0', { firn: help, yardstick: node }, milliseconds, { better: 'less' }),
      promise('package: search by key / 110 ms', ms(rounds.packagedSearch), 110, milliseconds),
      promise('package: status / 120 ms', ms(rounds.packagedStatus), 120, milliseconds),
      promise('package: archive with nothing due / 90 ms', ms(rounds.packagedNoop), 90, milliseconds),
      promise('checkout: search by key / 400 ms', ms(rounds.search), 400, milliseconds, { better: 'less' }),
      promise('checkout: status / 400 ms', ms(rounds.status), 400, milliseconds, { better: 'less' }),
      promise('checkout: archive with nothing due / 400 ms', ms(rounds.noop), 400, milliseconds),
    ];
  },
};

/** The launcher of the package, built and without the sources, as npm installs it. */
function installed({ folder }: Workspace): string {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'package', 'build.ts')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the package was not built:\n${stderr}`);
  const target = join(folder, 'package');
  mkdirSync(target);
  for (const name of ['package.json', 'bin', 'dist', 'assets', 'schema'])
    cpSync(join(ROOT, name), join(target, name), { recursive: true });
  return join(target, 'bin', 'firn.js');
}
