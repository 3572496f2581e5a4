import { resolveTables } from '../../lookup/places/known-tables.ts';
import type { Places } from '../../lookup/places/places.ts';
import type { Problem } from '../../lookup/places/search-report.ts';
import { type Explanation, explainRow } from '../../lookup/search/explain-row.ts';
import { keysBeginning } from '../../lookup/search/key-prefix.ts';
import { FirnError } from '../../model/errors.ts';
import { instantOfMs } from '../../model/instant.ts';
import { argument, type Command, defineCommand, flag } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { plural } from '../terminal/quantity.ts';
import { answerStatus } from './answer-status.ts';
import { explanationJson, renderExplanation } from './explanation.ts';

export const command: Command = defineCommand({
  description:
    'Shows the tier and file of one row, the policy that applies, when the row moves next, and what keeps it. ' +
    'For a row of a unit (with, by), it also shows the parent row and the number of children by table and tier. For a primary key of several columns, ' +
    'give the values in key order. The beginning of the last value is enough if no other key begins so; BLOB keys are written in ' +
    'hexadecimal digits. The exit code is 1 if the row is not found.',
  arguments: {
    table: argument('<table>', 'table of the row', { completes: 'tables' }),
    id: argument('<id>', 'primary key of the row, or its beginning'),
    more: argument('[more...]', 'further values of a primary key of several columns'),
  },
  options: { json: flag('--json', 'print the result as JSON') },
  examples: [['firn explain tool_uses 0b9f…', 'show where one row is and how long it stays']],
  async run(context, { table, id, more }, { json }) {
    await using places = await (await context.stores()).openSearching();
    const [name, ...others] = await resolveTables(places, [table], { exempt: true });
    if (name === undefined || others.length > 0) {
      throw new FirnError('usage', `${table} is a group, not a table. Pass the table of the row.`, {
        operation: 'explain the row',
        path: table,
      });
    }
    const now = instantOfMs(context.io.clock.now());
    const given = [id, ...(more ?? [])];
    const exact = await explainRow(places, name, given, now);
    const { key, problems } =
      exact.places.length > 0 ? { key: given, problems: [] } : await wholeKey(context, places, exact, given);
    const whole = key === given ? exact : await explainRow(places, name, key, now);
    const known = new Set(whole.problems.map(({ segment }) => segment));
    const unread = problems.filter(({ segment }) => !known.has(segment));
    const found = { ...whole, problems: [...whole.problems, ...unread] };
    if (json) context.json(explanationJson(found));
    else context.print(renderExplanation(found, key, now, context.style));
    const status = answerStatus(context, found, 1);
    if (status !== EXIT.done) return status;
    return found.places.length > 0 ? EXIT.done : EXIT.failed;
  },
});

/**
 * The one key that begins as given; `given` itself where none does.
 * @throws FirnError `usage` with the candidates where several do.
 */
async function wholeKey(
  context: Context,
  places: Places,
  { table, keyColumns }: Explanation,
  given: readonly string[],
): Promise<{ readonly key: readonly string[]; readonly problems: readonly Problem[] }> {
  if (given.at(-1) === '') return { key: given, problems: [] };
  const { keys, more, onlyNewest, problems } = await keysBeginning(places, table, keyColumns, given);
  const words = given.join(', ');
  if (onlyNewest !== null)
    context.note(
      `Only the newest ${plural(onlyNewest, 'archive file')} of ${table} were searched for keys that begin with ${words}. Pass the whole key to search all.`,
    );
  const [key, ...others] = keys;
  if (key === undefined) return { key: given, problems };
  if (others.length === 0) {
    context.note(`${words}: the only key that begins so is ${key.join(', ')}`);
    return { key, problems };
  }
  const list = keys.map((candidate) => candidate.join(' ')).join(', ');
  throw new FirnError(
    'usage',
    `${keys.length}${more ? ' or more' : ''} keys of ${table} begin with ${words}: ${list}`,
    {
      operation: 'explain the row',
      path: words,
      hint: 'Pass more of the key.',
    },
  );
}
