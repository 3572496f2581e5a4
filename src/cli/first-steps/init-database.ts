import { dirname, relative } from 'node:path';
import type { ArchivesSetting } from '../../config/archives-setting.ts';
import { loadConfig } from '../../config/load.ts';
import { configText } from '../../config/propose/config-text.ts';
import { KNOWN_PROGRAMS } from '../../config/propose/known-programs.ts';
import { lookAtTables } from '../../config/propose/look.ts';
import { type Proposal, propose } from '../../config/propose/proposal.ts';
import { readTextFile } from '../../config/text-file.ts';
import type { HotStats } from '../../hot/hot-stats.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { FirnError } from '../../model/errors.ts';
import { instantOfMs } from '../../model/instant.ts';
import { type Location, localPath } from '../../model/location.ts';
import { areApart } from '../../model/policy/archive-places.ts';
import type { Config } from '../../model/policy/config.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { hotBackend } from '../../stores/open-hot.ts';
import { openReading } from '../../stores/open-sessions.ts';
import { SAMPLED_ROWS } from '../../stores/time-tables.ts';
import type { Context } from '../frame/context.ts';
import { explainNoDatabase } from '../frame/no-database.ts';
import { type Outlook, outlookOf } from './init-outlook.ts';

/** A database that `firn init` looks at, opened to be read. */
export interface Examined extends AsyncDisposable {
  readonly config: Config;
  readonly reader: HotReader;
  readonly proposal: Proposal;
  /** The configuration file of a proposal. */
  textOf(proposal: Proposal): string;
  /** The policies of a proposal; with `all`, also of tables that it leaves commented out. */
  policiesOf(proposal: Proposal, all?: boolean): PolicySet;
  outlook(policies: PolicySet): Promise<ReadonlyMap<string, Outlook>>;
}

/** Opens the database that flags, environment or the present configuration `file` name, and judges its tables. Changes nothing. */
export async function examine({ io, flags }: Pick<Context, 'io' | 'flags'>, file: string): Promise<Examined> {
  const config = presentConfig({ io, flags }, file);
  await using opened = new AsyncDisposableStack();
  const { reader } = opened.use(
    await openReading(config, io.clock).catch((error: unknown) => {
      throw explainNoDatabase(error, config, io.cwd);
    }),
  );
  const hot = hotBackend(config.database, io.clock);
  const sampler = await hot.sampler(SAMPLED_ROWS);
  const now = instantOfMs(io.clock.now());
  const proposal = propose(await lookAtTables(reader, sampler, now), sampler.links, KNOWN_PROGRAMS);
  const textOf = (one: Proposal): string =>
    configText(one, {
      schema: new URL('../../../schema/config.schema.json', import.meta.url).href,
      database: from(dirname(file), config.database),
      archives: archivesFrom(dirname(file), config.archives),
    });
  let stats: HotStats | null = null;
  const all = opened.move();
  return {
    ...{ config, reader, proposal, textOf },
    policiesOf: (one, active = false) => {
      const tables = one.tables.map((table) => ({ ...table, active: active || table.active }));
      const text = textOf({ ...one, tables });
      return loadConfig({ flags: {}, env: {}, cwd: dirname(file), readFile: () => text }).policies;
    },
    outlook: async (policies) => {
      stats ??= all.use(await hot.stats());
      const rowBytes = (table: string): number => sampler.rowBytes(table);
      return await outlookOf({ reader, stats, clock: io.clock, rowBytes }, policies);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/**
 * The configuration that is there says where database and archive are, unless flags or the environment do. A broken one cannot: it is only
 * written anew for a database that is named.
 */
function presentConfig({ io, flags }: Pick<Context, 'io' | 'flags'>, file: string): Config {
  const { env, cwd } = io;
  const { dbPath, archivePath, config } = flags;
  const { FIRN_CONFIG: _, ...others } = env;
  const without = (): Config =>
    loadConfig({ flags: { dbPath, archivePath }, env: others, cwd, readFile: () => null });
  if (readTextFile(file) === null) return without();
  try {
    return loadConfig({ flags: { dbPath, archivePath, config }, env, cwd, readFile: readTextFile });
  } catch (error) {
    const named = dbPath !== undefined || Boolean(env.FIRN_DB);
    if (!named || !(error instanceof FirnError) || error.code !== 'config') throw error;
    return without();
  }
}

function archivesFrom(folder: string, places: Config['archives']): ArchivesSetting {
  const { warm, cold } = places;
  if (!areApart(places)) return from(folder, warm);
  return { warm: from(folder, warm), cold: from(folder, cold) };
}

/** Relative where that stays below the folder or beside it. */
function from(folder: string, location: Location): string {
  const path = localPath(location);
  if (path === null) return location.text;
  const short = relative(folder, path);
  return short.startsWith('../..') ? path : short;
}
