import type { HotReader } from '../../hot/hot-store.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { byNearness, byWord, nearestName, sameWord } from '../../model/names.ts';
import { ALL_TABLES, isExempt, resolveTarget } from '../../model/policy/policies.ts';
import { namesIn } from './archive-names.ts';
import type { Places } from './places.ts';

/**
 * The tables whose rows an answer can come from: those of the configuration, in their order, then those that only the ledger or the archive's
 * files know, because their policy was removed or they were renamed.
 */
export async function knownTables(
  ledger: Pick<LedgerReader, 'receipts'> | null,
  { archive, dialect, policies, names }: Pick<Places, 'archive' | 'dialect' | 'policies' | 'names'>,
): Promise<readonly string[]> {
  const receipts = (await ledger?.receipts()) ?? [];
  const archived = [
    ...receipts.filter(({ state }) => state !== 'purged' && state !== 'replaced').map(({ table }) => table),
    ...[...(names ?? (await namesIn(archive))).segments.values()].map(({ table }) => table),
  ];
  const tables = new Map([...policies.policies.keys()].map((table) => [dialect.foldName(table), table]));
  for (const table of [...archived].sort())
    if (!tables.has(dialect.foldName(table))) tables.set(dialect.foldName(table), table);
  return [...tables.values()];
}

/** The tables of the database that are none of the known ones: no policy, and nothing archived. */
export async function otherTables(
  { hot, dialect }: Pick<Places, 'hot' | 'dialect'>,
  known: readonly string[],
): Promise<string[]> {
  const tables = (await hot?.reader.tables()) ?? [];
  return tables.filter((table) => !known.some((name) => dialect.sameName(name, table)));
}

/**
 * The known tables that targets (tables or groups) stand for; all when there is no target, or `all`.
 * @param options `exempt`: take tables that are never archived too.
 * @throws FirnError `usage` that names the known targets, the nearest first.
 */
export async function resolveTables(
  places: Pick<Places, 'archive' | 'dialect' | 'policies' | 'names'> & {
    readonly hot: { readonly reader: Pick<HotReader, 'ledger'> } | null;
  },
  targets: readonly string[],
  options: { readonly exempt?: boolean } = {},
): Promise<readonly string[]> {
  const { policies, dialect } = places;
  const known = await knownTables(places.hot?.reader.ledger ?? null, places);
  const named = targets.length === 0 ? known : targets.flatMap((target) => resolve(places, known, target));
  const exempt = named.find(
    (table) =>
      !options.exempt && isExempt(policies, table) && !known.some((name) => dialect.sameName(name, table)),
  );
  if (exempt !== undefined) {
    throw new FirnError('usage', `${exempt} is exempt: it has no archived rows`, {
      operation: 'find the table',
      path: exempt,
    });
  }
  return named.filter((table, at) => named.findIndex((other) => dialect.sameName(other, table)) === at);
}

function resolve(
  { policies }: Pick<Places, 'policies'>,
  known: readonly string[],
  target: string,
): readonly string[] {
  if (sameWord(target, ALL_TABLES)) return known;
  const table = byWord(known, target);
  if (table !== undefined) return [table];
  const unmanaged = known.filter((name) => !policies.policies.has(name));
  try {
    return resolveTarget(policies, target);
  } catch (error) {
    if (!(error instanceof FirnError) || unmanaged.length === 0) throw error;
    const all = [ALL_TABLES, ...policies.groups.keys(), ...known, ...policies.exempt];
    const nearest = nearestName(target, all);
    throw new FirnError(
      'usage',
      `${JSON.stringify(target)} is not a known table or group. Known names: ${byNearness(target, all).join(', ')}.`,
      {
        operation: 'find the table or group',
        path: target,
        ...(nearest === null ? {} : { hint: `Did you mean ${nearest}?` }),
      },
    );
  }
}
