import { type Answer, answerOf } from '../../command-answer.ts';
import type { Site } from '../../frame/site.ts';

/** For how long the tables of the form may be those of an earlier search, so that the rows do not wait for them. */
const FRESH_MS = 30_000;

/** Answers `firn retention policy --json`, at once where it was asked lately. A failure is asked again each time. */
export function policiesOf(site: Site): (signal: AbortSignal) => Promise<Answer> {
  let known: { readonly at: number; readonly answer: Answer } | null = null;
  return async (signal) => {
    const now = site.clock().getTime();
    if (known !== null && now - known.at < FRESH_MS) return known.answer;
    const answer = await answerOf(site.runner, ['retention', 'policy', '--json'], signal);
    known = answer.status === 0 && answer.json !== null ? { at: now, answer } : null;
    return answer;
  };
}
