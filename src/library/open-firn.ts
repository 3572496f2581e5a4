import { CHANGING, FINDING, LOOKING, lazily } from './calls/call-names.ts';
import type { Firn } from './calls/firn.ts';
import { searchResult } from './calls/search-result.ts';
import { sqlResult } from './calls/sql-result.ts';
import { Turns } from './calls/turns.ts';
import type { FirnOptions } from './options/firn-options.ts';

/**
 * Opens Firn for one database and its archive. Reads the configuration, and nothing else: database and archive are opened by each call, and closed
 * when it ends. The environment is not looked at, no signal is handled, and nothing is printed.
 *
 * @example
 * await using firn = await openFirn({ database: 'app.db', archives: 'archives', config: 'firn.config.yaml' });
 * const { total, tables } = await firn.archive('all');
 * console.log(`${total} rows archived from ${tables.length} tables`);
 * @throws FirnError `config` for a configuration that is missing or wrong.
 */
export async function openFirn(options: FirnOptions): Promise<Firn> {
  const [{ storesOfOptions }, { policiesJson }] = await Promise.all([
    import('./options/firn-options.ts'),
    import('./answers/retention/policies-answer.ts'),
  ]);
  const stores = await storesOfOptions(options);
  const { config } = stores;
  const turns = new Turns();
  return {
    config,
    ...lazily(CHANGING, async () => (await import('./calls/changing-calls.ts')).changingCalls(stores, turns)),
    ...lazily(FINDING, async () => (await import('./calls/finding-calls.ts')).findingCalls(stores, turns)),
    ...lazily(LOOKING, async () => (await import('./calls/looking-calls.ts')).lookingCalls(stores, turns)),
    search: (wanted = {}) => searchResult(stores, turns, wanted),
    sql: (text, wanted = {}) => sqlResult(stores, turns, text, wanted),
    policies: () => policiesJson(config.policies),
    close: () => turns.close(),
    [Symbol.asyncDispose]: () => turns.close(),
  };
}
