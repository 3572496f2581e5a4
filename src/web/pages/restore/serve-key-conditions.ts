import type { Hono } from 'hono';
import { answerOf } from '../../command-answer.ts';
import type { Site } from '../../frame/site.ts';
import { goneSignal } from '../../frame/when-gone.ts';
import { word } from '../changes/fields.ts';

/** What is read of `firn explain --json`. */
interface ExplainJson {
  readonly places: readonly { readonly row: Readonly<Record<string, unknown>> }[];
}

/** `/restore?table=T&key=K` of the row page leads to the conditions that only this row meets: a restore selects by conditions. */
export function serveKeyConditions(app: Hono, site: Site): void {
  app.get('/restore', async (context, next) => {
    const query = new URL(context.req.url).searchParams;
    const keys = query.getAll('key');
    if (keys.length === 0) return next();
    const words = keys.map((key) => word(new URLSearchParams({ key }), 'key'));
    const argv = ['explain', word(query, 'table'), ...words, '--json'];
    const { json } = await answerOf(site.runner, argv, goneSignal(context));
    const row = (json as ExplainJson | null)?.places[0]?.row;
    if (row === undefined) return context.notFound();
    query.delete('key');
    for (const condition of conditionsOf(row, words)) query.append('where', condition);
    return context.redirect(`/restore?${query}`);
  });
}

/** Every column that has a part of the key as its value. The key's own columns are among them, so that no other row meets them all. */
function conditionsOf(row: Readonly<Record<string, unknown>>, keys: readonly string[]): string[] {
  return Object.entries(row).flatMap(([column, value]) =>
    (typeof value === 'string' || typeof value === 'number') && keys.includes(String(value))
      ? [`${column}=${value}`]
      : [],
  );
}
