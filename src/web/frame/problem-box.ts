import type { Answer } from '../command-answer.ts';
import { html, type Markup } from './markup.ts';

/** What a command said on stderr, where it failed or found damage; nothing otherwise. */
export function problemBox({ status, stderr, json }: Answer): Markup | null {
  if (status === 0 && json !== null) return null;
  const text = stderr.trim() === '' ? `The command ended with exit code ${status}.` : stderr.trim();
  return html`<pre role="alert" class="problem">${text}</pre>`;
}
