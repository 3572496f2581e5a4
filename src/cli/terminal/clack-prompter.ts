import type { Readable } from 'node:stream';
import { confirm, isCancel, multiselect, note, outro, select, text } from '@clack/prompts';
import type { Choice, Prompter } from './prompter.ts';
import { visible } from './visible.ts';

/** Prompts that are drawn on a terminal. Names from a database are made visible before they reach it. */
export function clackPrompter(input: Readable, output: NodeJS.WriteStream, signal: AbortSignal): Prompter {
  // A terminal that does not know its size says 0.
  output.columns ||= 80;
  output.rows ||= 24;
  const common = { input, output, signal };
  return {
    show: (title, body) => note(visible(body), visible(title), { ...common, format: (line) => line }),
    several: async (question, choices) =>
      answered(
        await multiselect<string>({
          ...{ ...common, message: visible(question), required: false },
          ...{ options: choices.map(optionOf), initialValues: chosen(choices) },
        }),
      ),
    one: async (question, choices) =>
      answered(
        await select<string>({
          ...{ ...common, message: visible(question), options: choices.map(optionOf) },
          ...{ initialValue: chosen(choices)[0] ?? choices[0]!.value },
        }),
      ),
    text: async (question, initial, wrong) =>
      answered(
        await text({
          ...{ ...common, message: visible(question), initialValue: initial },
          validate: (answer) => wrong(answer ?? '') ?? undefined,
        }),
      ),
    confirm: async (question, initial) =>
      answered(await confirm({ ...common, message: visible(question), initialValue: initial })),
    end: (words) => outro(visible(words), common),
  };
}

function answered<T>(answer: T): Exclude<T, symbol> | null {
  return isCancel(answer) ? null : (answer as Exclude<T, symbol>);
}

function optionOf({ value, label, hint }: Choice): { value: string; label: string; hint?: string } {
  return { value, label: visible(label), ...(hint === undefined ? {} : { hint: visible(hint) }) };
}

function chosen(choices: readonly Choice[]): string[] {
  return choices.filter((choice) => choice.chosen).map(({ value }) => value);
}
