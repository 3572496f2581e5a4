import type { Hono } from 'hono';
import type { ExplainAnswer } from '../../../library/answers/finding/explain-answer.ts';
import { answerOf } from '../../command-answer.ts';
import type { Site } from '../../frame/site.ts';
import { goneSignal } from '../../frame/when-gone.ts';
import { itemOf } from '../basket/basket-item.ts';
import { explainCommand } from '../row/row-address.ts';

/** `/restore?table=T&key=K` of the row page leads to the conditions that only this row meets: a restore selects by conditions. */
export function serveKeyConditions(app: Hono, site: Site): void {
  app.get('/restore', async (context, next) => {
    const query = new URL(context.req.url).searchParams;
    const keys = query.getAll('key');
    if (keys.length === 0) return next();
    const argv = explainCommand(query.get('table') ?? '', keys);
    const json = (await answerOf(site.runner, argv, goneSignal(context))).json as ExplainAnswer | null;
    if (json === null || !json.found) return context.notFound();
    query.delete('key');
    for (const condition of itemOf(json.table, json.key_columns, json.key).where)
      query.append('where', condition);
    return context.redirect(`/restore?${query}`);
  });
}
