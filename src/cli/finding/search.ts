import { LimitedSearch } from '../../library/work/rows/limited-search.ts';
import { oneMore } from '../../library/work/rows/one-more.ts';
import { resolveTables } from '../../lookup/places/known-tables.ts';
import type { SearchReport } from '../../lookup/places/search-report.ts';
import type { Query, Tier } from '../../lookup/read/query.ts';
import { TIERS } from '../../lookup/read/query.ts';
import type { Hit } from '../../lookup/search/hit.ts';
import { search } from '../../lookup/search/search-tiers.ts';
import { BUCKET_WIDTHS, type BucketWidth } from '../../lookup/search/time-buckets.ts';
import { argument, type Command, defineCommand, flag, repeated, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { parseTier, ROW_OPTIONS, rowQuery, wholeNumber } from '../input/filter-options.ts';
import { parseColumns, shownColumns } from '../input/shown-columns.ts';
import { plural } from '../terminal/quantity.ts';
import { answerStatus } from './answer-status.ts';
import { matchedBy } from './search/matched.ts';
import { renderExplain } from './search/search-explain.ts';
import { CsvRows, hitJson } from './search-hits.ts';

const FORMATS = ['table', 'jsonl', 'json', 'csv'] as const;
const DEFAULT_LIMIT = 50;

export const command: Command = defineCommand({
  description:
    'Searches the database and the archives and prints matching rows, newest first. ' +
    'TEXT matches any text value of a row that contains it; ASCII letters match in upper and lower case. If you give several conditions, all of them must match.\n' +
    'With --histogram, --bucket or --facets, it counts the rows instead: by hour, day, week or month (UTC; empty ones are left out), ' +
    'and by value (the 20 most frequent; values longer than 1,000 characters count as others).\n' +
    'If an archive file is damaged or missing, the command reports it and exits with code 5.',
  arguments: { text: argument('[TEXT]', 'text that a value of the row contains') },
  options: {
    table: repeated('--table <TARGET>', 'search this table or group only', { completes: 'targets' }),
    ...ROW_OPTIONS,
    tier: repeated('--tier <TIER>', 'search this tier only', { parse: parseTier }),
    newest: flag('--newest', 'sort newest rows first (default)', { conflicts: ['oldest'] }),
    oldest: flag('--oldest', 'sort oldest rows first'),
    limit: value(
      '--limit <N>',
      `maximum number of rows (default ${DEFAULT_LIMIT} as a table, otherwise no limit)`,
      {
        parse: wholeNumber(0),
      },
    ),
    columns: repeated('--columns <LIST>', 'show these columns only: a,b,c', { parse: parseColumns }),
    format: value<(typeof FORMATS)[number]>('--format <FORMAT>', 'output format (default table)', {
      choices: FORMATS,
    }),
    json: flag('--json', 'the same as --format json'),
    count: flag('--count', 'print only the number of matching rows'),
    histogram: flag('--histogram', 'print the number of matching rows over time, by tier', {
      conflicts: ['count'],
    }),
    bucket: value<BucketWidth>(
      '--bucket <WIDTH>',
      'width of the histogram (default: as fits the time range)',
      {
        choices: BUCKET_WIDTHS,
      },
    ),
    facets: repeated(
      '--facets <LIST>',
      'with the histogram, the most frequent values of these columns: a,b',
      {
        parse: parseColumns,
      },
    ),
    explain: flag('--explain', 'print on stderr what was read, and why other data was skipped'),
    archivesOnly: flag('--archives-only', 'search the archive files only; the database is not needed'),
  },
  examples: [
    [
      'firn search --where task_id=T-042 --since 2026-03-01 --until 2026-03-31',
      'find the rows of one task in March',
    ],
    ['firn search timeout --table tool_uses --columns tool,duration_ms,error_message', 'show some columns'],
    ['firn search "permission denied" --table tool_uses --since 90d', 'find a phrase in the last 90 days'],
    ['firn search --table tool_uses --where is_error=1 --count', 'count errors'],
    ['firn search --where is_error=1 --histogram --facets tool', 'count errors over time, and by tool'],
    [
      'firn search --where execution_id=9f1c… --oldest --format jsonl | jq .row',
      'print all rows of one execution',
    ],
  ],
  async run(context, { text }, options) {
    const wanted = rowQuery(options, context.io.clock.now());
    const format = options.format ?? (options.json ? 'json' : 'table');
    const countsOnly = options.histogram || options.bucket !== undefined || options.facets.length > 0;
    const counts = countsOnly ? await import('./search/search-counts.ts') : null;
    counts?.refuseWithCounts(options, format);
    const limit = options.limit ?? (format === 'table' && !options.count ? DEFAULT_LIMIT : null);
    const tiers = new Set<Tier>(options.tier.length === 0 ? TIERS : options.tier);
    await using places = await (await context.stores()).openSearching({
      archivesOnly: options.archivesOnly,
      hotOnly: tiers.size === 1 && tiers.has('hot'),
    });
    const tables = await resolveTables(places, options.table);
    const query: Query = {
      ...wanted,
      tables,
      text: text ?? null,
      tiers,
      order: options.oldest ? 'oldest' : 'newest',
      limit: oneMore(limit),
    };
    const began = context.io.clock.monotonic();
    if (counts !== null) {
      const asked = {
        width: options.bucket ?? null,
        facets: shownColumns(options.facets) ?? [],
        json: format === 'json',
      };
      return conclude(
        context,
        await counts.printCounts(context, places, query, asked),
        began,
        options,
        tables,
      );
    }
    const marks = !options.count && format !== 'csv';
    const columns = shownColumns(options.columns);
    const searching = search(places, query, {
      ...{ signal: context.io.signal, marks, columns: columns ?? [] },
    });
    const found = new LimitedSearch(searching, limit);
    if (options.count) await printCount(context, found, format);
    else if (format === 'table') await printTable(context, found, query, columns);
    else await stream(context, found, format, columns);
    if (found.more && (options.count || format !== 'table'))
      context.note(`More than ${limit} rows match; the output is cut off.`);
    return conclude(context, found.report, began, options, tables);
  },
});

/** Says what was read and what could not be, and gives the exit status. */
function conclude(
  context: Context,
  report: SearchReport,
  began: number,
  { explain }: { readonly explain: boolean },
  tables: readonly string[],
): number {
  if (explain) {
    const elapsed = context.io.clock.monotonic() - began;
    context.say((style) => renderExplain(report, elapsed, style));
  }
  for (const note of report.notes) context.note(note);
  return answerStatus(context, report, tables.length);
}

async function printCount(context: Context, found: LimitedSearch, format: string): Promise<void> {
  for await (const _ of found);
  if (format === 'table' || format === 'csv') return context.print(String(found.count));
  const answer = { command: 'search', ...found.totals() };
  if (format === 'json') context.json(answer);
  else context.print(JSON.stringify(answer));
}

async function printTable(
  context: Context,
  found: LimitedSearch,
  query: Query,
  columns: readonly string[] | null,
): Promise<void> {
  const shown: Hit[] = [];
  for await (const hit of found) shown.push(hit);
  const { problems, unread } = found.report;
  const whole = problems.length === 0 && unread.length === 0 && found.limit !== 0;
  if (shown.length === 0)
    context.print(whole ? 'No rows found.' : 'No rows found, but some data could not be read.');
  else {
    // Not loaded for those who only count.
    const { renderHits } = await import('./search/hit-table.ts');
    const matched = matchedBy(query, context.style);
    context.print(renderHits(shown, matched, columns, context.style, context.width));
  }
  const reused = shown.filter(({ sameKeyInHot }) => sameKeyInHot === true).length;
  if (reused > 0) {
    context.note(
      `* ${plural(reused, 'archived row')} with the same key as a different row in the database. See: firn explain TABLE KEY`,
    );
  }
  if (found.more)
    context.note(
      `More than ${found.limit} rows match. Pass --limit to show more, or --format jsonl to show all.`,
    );
}

async function stream(
  context: Context,
  found: LimitedSearch,
  format: 'jsonl' | 'json' | 'csv',
  columns: readonly string[] | null,
): Promise<void> {
  const { stdout } = context.io;
  const csv = new CsvRows(columns);
  let count = 0;
  let failure: unknown = null;
  if (format === 'json') stdout.write('{\n  "command": "search",\n  "hits": [');
  try {
    for await (const hit of found) {
      if (format === 'csv') stdout.write(csv.row(hit));
      else
        stdout.write(
          Buffer.concat([
            Buffer.from(format === 'jsonl' ? '' : `${count === 0 ? '' : ','}\n    `),
            hitJson(hit, columns),
          ]),
        );
      if (format === 'jsonl') stdout.write('\n');
      if (++count % 256 === 0) await stdout.drained();
    }
  } catch (error) {
    failure = error;
  }
  // What was begun is JSON to its end, also when the search failed or was stopped.
  if (format === 'json') {
    const stopped = failure instanceof Error ? failure.message : null;
    const rest = JSON.stringify(found.totals(stopped), null, 2).slice(2);
    stdout.write(`${count === 0 ? '' : '\n  '}],\n${rest}\n`);
  }
  if (failure !== null) throw failure;
  for (const column of csv.missing) {
    context.warn(`column ${column} occurs only in later rows and is missing in the CSV. Use --format jsonl.`);
  }
}
