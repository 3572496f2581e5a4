import type { Command } from './command.ts';

/** A command as help and the parser know it before its file is loaded. */
export interface CommandEntry {
  /** One word, or the group's and the command's. */
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

/** A heading in the help of `firn`, and the commands below it. */
export interface Section {
  readonly title: string;
  readonly commands: readonly CommandEntry[];
}

export interface Group {
  readonly name: string;
  readonly summary: string;
}

/** Every command and group of the program. */
export interface CommandTree {
  readonly entries: readonly CommandEntry[];
  readonly groups: readonly Group[];
}
