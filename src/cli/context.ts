import type { Io } from './io.ts';
import { type Style, styleFor } from './render/style.ts';

/** What every command understands, before or after its name. */
export interface GlobalFlags {
  readonly dbPath: string | undefined;
  readonly archivePath: string | undefined;
  readonly config: string | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What a command is given to work with. */
export interface Context {
  readonly io: Io;
  readonly flags: GlobalFlags;
  /** How words look on stdout. */
  readonly style: Style;
  /** Writes the answer, or a part of it, to stdout; a line feed is added. */
  print(text: string): void;
  /** Writes the answer as JSON, indented by two spaces. */
  json(answer: unknown): void;
  /** Says something on stderr that is not the answer; not with --quiet. */
  note(text: string): void;
  /** Says on stderr what the user should look at; also with --quiet. */
  warn(text: string): void;
}

export function createContext(io: Io, flags: GlobalFlags): Context {
  const aside = styleFor(io.stderr, io.env);
  return {
    io,
    flags,
    style: styleFor(io.stdout, io.env),
    print: (text) => io.stdout.write(`${text}\n`),
    json: (answer) => io.stdout.write(`${JSON.stringify(answer, null, 2)}\n`),
    note: (text) => {
      if (!flags.quiet) io.stderr.write(`${text}\n`);
    },
    warn: (text) => io.stderr.write(`${aside.warning('warning:')} ${text}\n`),
  };
}
