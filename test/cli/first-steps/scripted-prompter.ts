import assert from 'node:assert/strict';
import type { Choice, Prompter } from '../../../src/cli/terminal/prompter.ts';

/** An answer to the question that it matches; null cancels, undefined takes what is proposed. */
export type Scripted = readonly [
  question: RegExp,
  answer: readonly string[] | string | boolean | null | undefined,
];

/** Answers questions in the given order, and keeps what was shown. */
export function scriptedPrompter(script: readonly Scripted[]): Prompter & { readonly shown: string[] } {
  const left = [...script];
  const shown: string[] = [];
  const answer = async <T>(question: string, proposed: T): Promise<T | null> => {
    const [pattern, given] = left.shift() ?? assert.fail(`unexpected question: ${question}`);
    assert.match(question, pattern);
    return given === undefined ? proposed : (given as T | null);
  };
  const chosen = (choices: readonly Choice[]): readonly string[] =>
    choices.filter((choice) => choice.chosen).map(({ value }) => value);
  return {
    shown,
    show: (title, text) => void shown.push(`${title}\n${text}`),
    several: (question, choices) => {
      shown.push(choices.map(({ label, hint }) => `${label}: ${hint}`).join('\n'));
      return answer(question, chosen(choices));
    },
    one: (question, choices) => answer(question, chosen(choices)[0]!),
    text: async (question, initial, wrong) => {
      const words = await answer(question, initial);
      if (words !== null && wrong(words) !== null) {
        shown.push(wrong(words)!);
        return await answer(question, initial);
      }
      return words;
    },
    confirm: (question, initial) => answer(question, initial),
    end: (text) => void shown.push(text),
  };
}
