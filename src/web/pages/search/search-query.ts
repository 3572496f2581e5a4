import { TIERS } from '../../frame/tier-bars.ts';
import { itemsOf, itemText } from '../basket/basket-item.ts';

/** What a visitor searches for, as the address of the page says it. Empty texts are not asked for. */
export interface SearchQuery {
  readonly table: string;
  readonly since: string;
  readonly until: string;
  readonly text: string;
  /** Conditions as `--where` takes them. */
  readonly where: readonly string[];
  /** Null: all tiers. */
  readonly tier: string | null;
  readonly oldest: boolean;
  readonly limit: number;
  /** Rows that were put into the basket before, which the page carries on. */
  readonly items: readonly string[];
}

const PATH = '/search';
export const FIRST_HITS = 50;
/** A page with more rows is of no use to a browser; the downloads have all. */
const MOST_HITS = 10_000;

export function searchQuery(asked: URLSearchParams): SearchQuery {
  const word = (name: string): string => (asked.get(name) ?? '').trim();
  const limit = Number(word('limit'));
  return {
    table: word('table'),
    since: word('since'),
    until: word('until'),
    text: asked.get('text') ?? '',
    where: asked.getAll('where').filter((condition) => condition.trim() !== ''),
    tier: TIERS.find((tier) => tier === word('tier')) ?? null,
    oldest: word('order') === 'oldest',
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, MOST_HITS) : FIRST_HITS,
    items: itemsOf(asked).map(itemText),
  };
}

/** The address of a page for the query, with some of it changed. */
export function searchAddress(
  query: SearchQuery,
  change: Partial<SearchQuery> = {},
  path: string = PATH,
): string {
  const { table, since, until, text, where, tier, oldest, limit, items } = { ...query, ...change };
  const pairs: [string, string][] = [
    ['table', table],
    ['since', since],
    ['until', until],
    ...where.map((condition): [string, string] => ['where', condition]),
    ['text', text],
    ['tier', tier ?? ''],
    ['order', oldest ? 'oldest' : ''],
    ['limit', limit === FIRST_HITS ? '' : String(limit)],
    ...(path === PATH ? items : []).map((item): [string, string] => ['item', item]),
  ];
  const words = new URLSearchParams(pairs.filter(([, value]) => value !== '')).toString();
  return words === '' ? path : `${path}?${words}`;
}

/**
 * The command of a query. What a visitor typed can be no option: it stands behind `--`, or in one word with its option.
 * @param how the options that say what is printed.
 */
export function searchCommand(query: SearchQuery, how: readonly string[]): string[] {
  const { table, since, until, where, text, tier } = query;
  const option = (name: string, value: string | null): string[] =>
    value === null || value === '' ? [] : value.startsWith('-') ? [`${name}=${value}`] : [name, value];
  return [
    'search',
    ...option('--table', table),
    ...option('--since', since),
    ...option('--until', until),
    ...where.flatMap((condition) => option('--where', condition)),
    ...option('--tier', tier),
    ...how,
    ...(text === '' ? [] : ['--', text]),
  ];
}

/** The order and how many, which counts do not have. */
export function hitOptions({ oldest, limit }: SearchQuery, all = false): string[] {
  return [...(oldest ? ['--oldest'] : []), ...(all ? [] : ['--limit', String(limit)])];
}
