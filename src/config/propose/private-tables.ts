import { sampleOf, type TableLook } from './table-look.ts';

const MIGRATIONS =
  /migrat(ion|e)|^(alembic_version|versioninfo|ar_internal_metadata|goose_db_version|databasechangelog(lock)?)$|(^|_)schema_?(version|changes|history|info)/i;

const SECRET_TABLE = /(^|_)(api_?keys?|credentials?|(access|auth|refresh|api)_?tokens?|oauth\w*)$/i;
const SECRET_COLUMN =
  /^(password|passwd|passphrase|secret|salt)$|(^|_)(password|passwd|token|secret)_?(hash|salt)$|(^|_)(auth|access|refresh|csrf)_token$/i;

/** Tables in which schema migrations are recorded, named as the usual tools name them, and small as they are. */
export function holdsMigrations({ table, samples }: TableLook): boolean {
  const rows = Math.max(0, ...[...samples.values()].map((values) => values.length));
  return MIGRATIONS.test(table) && rows < 250;
}

/** Users, keys and tokens: named so, or with filled columns of secrets. */
export function holdsAccounts(look: TableLook): boolean {
  if (SECRET_TABLE.test(look.table)) return true;
  return look.columns.some(({ name }) => {
    if (!SECRET_COLUMN.test(name)) return false;
    const values = sampleOf(look, name);
    return (
      values.length > 0 && values.filter((value) => value !== null && value !== '').length > values.length / 2
    );
  });
}
