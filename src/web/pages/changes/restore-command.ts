import { FirnError } from '../../../model/errors.ts';
import { type BasketItem, itemsOf, MOST_ITEMS } from '../basket/basket-item.ts';
import { flagOption, matching, option, repeatedOption, word } from './fields.ts';

/** A name in the folder where `firn web` was started: the page writes nowhere else. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_. -]{0,80}\.(?:db|sqlite|sqlite3)$/;

/** Where a form restores to: `hot`, or a file of that name; with what else. */
function how(form: URLSearchParams): { readonly into: string; readonly others: readonly string[] } {
  const isHot = form.get('to') === 'hot';
  const into = isHot
    ? 'hot'
    : matching(form, 'file', FILE_NAME, 'a file name such as restored.db, without a folder');
  const lease = isHot ? option(form, 'for') : [];
  return {
    into,
    others: [...lease, ...flagOption(form, 'with-children'), ...flagOption(form, 'with-parents')],
  };
}

/** The command that restores the rows of conditions. */
export function restoreCommand(form: URLSearchParams): readonly string[] {
  const target = word(form, 'table');
  const { into, others } = how(form);
  return [
    ...['restore', target, `--into=${into}`, ...repeatedOption(form, 'where')],
    ...[...option(form, 'since'), ...option(form, 'until'), ...others],
  ];
}

/** The commands that restore single rows: a command selects by conditions that must all be met, so each row has its own. */
export function itemCommands(form: URLSearchParams): readonly (readonly string[])[] {
  const items = itemsOf(form);
  const { into, others } = how(form);
  if (items.length === 0) throw fault('no row was chosen');
  if (items.length > MOST_ITEMS) throw fault(`more than ${MOST_ITEMS} rows were chosen`);
  return items.map((item) => itemCommand(item, into, others));
}

function itemCommand({ table, where }: BasketItem, into: string, others: readonly string[]): string[] {
  const options = [`--into=${into}`, ...where.map((condition) => `--where=${condition}`), ...others];
  // A table whose name begins with a hyphen is no option.
  return table.startsWith('-') ? ['restore', ...options, '--', table] : ['restore', table, ...options];
}

function fault(why: string): FirnError {
  return new FirnError('usage', why, {
    operation: 'restore rows of the basket',
    hint: 'Restore by a condition instead.',
  });
}
