import { formatInstant, type Instant } from '../../model/instant.ts';
import type { Examined } from './init-database.ts';
import type { Outlook } from './init-outlook.ts';

/** The proposal as data. Times and rows are null where they could not be counted. */
export function proposalJson(
  { config, proposal }: Examined,
  outlooks: ReadonlyMap<string, Outlook>,
): Record<string, unknown> {
  const { preset, program, tables, left } = proposal;
  const figures = (table: string): Record<string, unknown> => {
    const found = outlooks.get(table);
    return {
      rows: found?.rows ?? null,
      oldest: time(found?.oldest),
      newest: time(found?.newest),
      due: found?.leaving ?? null,
      due_bytes: found?.bytes ?? null,
    };
  };
  return {
    ...{ command: 'init', database: config.database.text, archives: config.archives.text },
    program:
      program === null
        ? null
        : { name: program.name, versions: program.versions, recipe: program.recipe, notes: program.notes },
    preset: preset.map(({ policy }) => ({ table: policy.table, ...figures(policy.table) })),
    tables: tables.map(({ look, settings, reason, active }) => ({
      ...{ table: look.table, active, reason, policy: settings },
      ...{ time_column: settings.time_column ?? null, ...figures(look.table) },
    })),
    left: left.map(({ table, because, reason }) => ({ table, because, reason })),
  };
}

function time(instant: Instant | null | undefined): string | null {
  return instant === null || instant === undefined ? null : formatInstant(instant);
}
