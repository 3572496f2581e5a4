import { ALLOW_TRIGGERS, writesInWords } from '../../model/database/side-effects.ts';
import { type Finding, found, orOk } from './findings/finding.ts';
import type { ManagedTable } from './managed-tables.ts';

/** What triggers do when Firn deletes rows. */
export function judgeTriggers(tables: readonly ManagedTable[]): readonly Finding[] {
  return orOk(tables.flatMap(judge), 'triggers', 'no trigger changes what archiving does');
}

function judge({ policy, shape, effects }: ManagedTable): readonly Finding[] {
  const subject = shape.table;
  if (typeof effects === 'string') {
    const remedy = 'Drop the trigger or the index, or leave the table out of the configuration.';
    return [found('triggers', 'problem', effects, { subject, remedy })];
  }
  const { writes, refusals } = effects;
  const refuse = refusals.map((trigger) =>
    found('triggers', 'warning', `the trigger ${trigger} may refuse the deletion of rows: those stay`, {
      ...{ subject, remedy: `Let ${trigger} allow the deletion of old rows, or drop it.` },
    }),
  );
  if (writes.length === 0) return refuse;
  if (policy.triggers === 'allow') {
    const what = writes.map(({ trigger, target }) => `${trigger} (writes to ${target})`).join(', ');
    return [
      found('triggers', 'note', `allowed to run for each archived row: ${what}`, { subject }),
      ...refuse,
    ];
  }
  const message = `no row is archived: ${writesInWords(writes)}`;
  return [found('triggers', 'problem', message, { subject, remedy: ALLOW_TRIGGERS }), ...refuse];
}
