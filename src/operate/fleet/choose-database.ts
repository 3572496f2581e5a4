import { parse, resolve, sep } from 'node:path';
import { FirnError } from '../../model/errors.ts';

const SHOWN = 5;

/**
 * The path of the one database that a name stands for: its path, or folders or file names of it (`alice` or `alice/ideas.db` for
 * `/srv/agents/alice/ideas.db`). Throws `usage` when none or several have the name.
 */
export function chooseDatabase(
  databases: readonly { readonly path: string }[],
  name: string,
  cwd: string,
): string {
  const exact = databases.find(({ path }) => path === resolve(cwd, name));
  if (exact !== undefined) return exact.path;
  const named = databases.filter(
    ({ path }) => `${path}${sep}`.includes(`${sep}${name}${sep}`) || parse(path).name === name,
  );
  const [first, second] = named;
  if (first !== undefined && second === undefined) return first.path;
  const candidates = (first === undefined ? databases : named).map(({ path }) => path);
  const more = candidates.length > SHOWN ? `, and ${candidates.length - SHOWN} more` : '';
  const listed = `${candidates.slice(0, SHOWN).join(', ')}${more}`;
  const message =
    first === undefined ? `no database is named ${name}` : `${named.length} databases are named ${name}`;
  throw new FirnError('usage', message, {
    operation: 'choose the database',
    hint:
      candidates.length === 0 ? 'Check databases in the configuration.' : `Pass more of its path: ${listed}.`,
  });
}
