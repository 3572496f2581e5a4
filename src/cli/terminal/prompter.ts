/** One line of a list to choose from. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  readonly chosen: boolean;
}

/** Asks a person on a terminal. Every answer is null when the person cancels (Ctrl-C, Escape). */
export interface Prompter {
  /** What is worth reading before the next question. */
  show(title: string, text: string): void;
  /** Any number of choices. */
  several(question: string, choices: readonly Choice[]): Promise<readonly string[] | null>;
  /** Exactly one; the first chosen one is under the cursor. */
  one(question: string, choices: readonly Choice[]): Promise<string | null>;
  /** A line of text. `wrong` says what is wrong with an answer, null when nothing is. */
  text(question: string, initial: string, wrong: (answer: string) => string | null): Promise<string | null>;
  confirm(question: string, initial: boolean): Promise<boolean | null>;
  end(text: string): void;
}
