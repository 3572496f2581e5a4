import type { Context } from 'hono';
import { html, type Markup } from './markup.ts';
import { whenGone } from './when-gone.ts';

/**
 * A page that is sent while it is made. `cancel` is called when its reader goes away before the end. An error is printed where the page
 * ends, because its status was sent before.
 */
export function streamedHtml(context: Context, parts: AsyncGenerator<Markup>, cancel: () => void): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(String(value)));
      } catch (error) {
        const said = html`<p role="alert" class="problem">${(error as Error).message}</p>`;
        controller.enqueue(encoder.encode(String(said)));
        controller.close();
      }
    },
    cancel,
  });
  whenGone(context, cancel);
  return context.body(body, 200, { 'Content-Type': 'text/html; charset=utf-8', 'X-Accel-Buffering': 'no' });
}
