import type { BoundTables, HotReader } from '../hot/hot-store.ts';
import type { Copier } from './copier.ts';

/**
 * A copier that is started when the first table has something due: until then `reader` looks at the tables, no further than up to the first due rows.
 * From then on the copier looks, as it must have looked at a table whose rows it copies.
 */
export function lateCopier(
  reader: Pick<HotReader, 'survey' | 'surveyBound' | 'dangling'>,
  start: () => Copier,
): Copier {
  let started: Copier | null = null;
  const copier = (): Copier => {
    started ??= start();
    return started;
  };
  const isAnyDue = async (tables: BoundTables['tables']): Promise<boolean> => {
    for (const { shape, rule } of tables)
      if ((await reader.survey(shape, rule, 'first')).days.length > 0) return true;
    return false;
  };
  return {
    survey: async (shape, rule) => {
      if (started !== null) return await started.survey(shape, rule);
      const found = await reader.survey(shape, rule, 'first');
      return found.days.length === 0 ? found : await copier().survey(shape, rule);
    },
    surveyBound: async (bound) => {
      // Rows whose time is that of a parent leave with it.
      const roots = bound.tables.filter(({ shape }) => shape.timeOf === undefined);
      if (started !== null || (await isAnyDue(roots))) return await copier().surveyBound(bound);
      const found = await reader.surveyBound(bound);
      return found.every(({ days }) => days.length === 0) ? found : await copier().surveyBound(bound);
    },
    dangling: async (reference) => await (started ?? reader).dangling(reference),
    copy: (task) => copier().copy(task),
    copyGroups: (task) => copier().copyGroups(task),
    [Symbol.asyncDispose]: async () => await started?.[Symbol.asyncDispose](),
  };
}
