import { flagOption, matching, option, repeatedOption, word } from './fields.ts';

/** A name in the folder where `firn web` was started: the page writes nowhere else. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_. -]{0,80}\.(?:db|sqlite|sqlite3)$/;

/** Where a form restores to: `hot`, or a file of that name. */
export function restoreCommand(form: URLSearchParams): readonly string[] {
  const target = word(form, 'table');
  const isHot = form.get('to') === 'hot';
  const into = isHot
    ? 'hot'
    : matching(form, 'file', FILE_NAME, 'a file name such as restored.db, without a folder');
  return [
    ...['restore', target, `--into=${into}`, ...repeatedOption(form, 'where')],
    ...[...option(form, 'since'), ...option(form, 'until'), ...(isHot ? option(form, 'for') : [])],
    ...[...flagOption(form, 'with-children'), ...flagOption(form, 'with-parents')],
  ];
}
