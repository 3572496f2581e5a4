import { isFrozenClass } from '../../archive/bucket/storage-classes.ts';
import { FirnError } from '../../model/errors.ts';
import { nearestName, sameWord } from '../../model/names.ts';
import type { Config } from '../../model/policy/config.ts';
import { plural } from '../amounts.ts';
import { type Check, type Finding, found, orOk } from './findings/finding.ts';

/** @param existing tables of the database; null where it cannot be read. */
export function judgeConfiguration(config: Config, existing: readonly string[] | null): readonly Finding[] {
  const { policies, origins } = config;
  const managed = [...policies.policies.keys()];
  const has = (table: string): boolean => existing?.some((name) => sameWord(name, table)) ?? true;
  const findings: Finding[] = [];
  if (origins.file === null) {
    const message = 'no configuration file: the preset observability applies';
    findings.push(found('configuration', 'note', message, { command: ['init'] }));
  }
  if (managed.length === 0) {
    const remedy = 'firn init --print proposes tables. Add them to the configuration.';
    findings.push(
      found('configuration', 'problem', 'no table has a policy, so nothing is archived', { remedy }),
    );
  } else if (!managed.some(has)) {
    const message = 'the database has none of the tables that have a policy, so nothing is archived';
    const remedy = 'Check --db-path and tables in the configuration. firn init --print proposes tables.';
    findings.push(found('configuration', 'problem', message, { remedy }));
  } else {
    // The preset names tables that a database may never have.
    for (const [table, place] of origins.tables) {
      if (has(table)) continue;
      const nearest = nearestName(table, existing ?? []);
      const guess = nearest === null ? '' : ` Is it ${nearest}?`;
      const remedy = `Correct or remove ${place}.${guess}`;
      findings.push(
        found('configuration', 'warning', 'the database has no such table', { subject: table, remedy }),
      );
    }
  }
  if (config.s3.allowUnconditional) {
    const remedy =
      'Make sure that no other machine writes to this archive, or use another server (docs/s3.md).';
    const message =
      'conditional writes are not relied on: two machines could overwrite the files of each other';
    findings.push(found('configuration', 'warning', message, { subject: 's3.allow_unconditional', remedy }));
  }
  const { warm } = config.s3.storageClass;
  if (isFrozenClass(warm)) {
    const remedy = 'Use it for cold alone: s3: {storage_class: {cold: GLACIER}} (docs/s3.md).';
    const message = `new segments go to ${warm}, where they cannot be read before they are thawed`;
    findings.push(found('configuration', 'problem', message, { subject: 's3.storage_class', remedy }));
  }
  const tables = plural(managed.filter(has).length, 'managed table');
  return orOk(findings, 'configuration', `${origins.file ?? 'preset observability'}, ${tables}`);
}

const FIX = 'Fix the problem in the message, then run firn doctor again.';
const DAMAGED =
  'Restore the database from a backup, or run: sqlite3 FILE .recover. Archived rows are not affected: firn search --archives-only finds them.';

/** A check that could not be made, because of what failed. */
export function notChecked(check: Check, error: FirnError): Finding {
  const { path } = error;
  return found(check, 'problem', `could not ${error.operation}: ${error.message}`, {
    ...(path === undefined ? {} : { subject: path }),
    remedy: error.hint ?? (error.code === 'database' ? DAMAGED : FIX),
  });
}

/** What a check says where an earlier one has the reason why it was not made. */
export function leftOut(check: Check, because: Check): Finding {
  return found(check, 'note', `not checked: see ${because}`);
}

export function isFailure(error: unknown): error is FirnError {
  return error instanceof FirnError && error.code !== 'interrupted';
}
