import xterm from '@xterm/headless';
import type { TerminalSize } from './record-command.ts';

/** Neighbouring cells of one look. */
export interface Run {
  readonly column: number;
  readonly text: string;
  /** Index of the terminal's 16 colours; null: the normal colour. */
  readonly colour: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** The lines of a terminal as they can be seen at one moment. */
export type Picture = readonly (readonly Run[])[];

/** A terminal without a window: takes what a program writes and tells what a person would see. */
export class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor({ columns, rows }: TerminalSize) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  clear(): void {
    this.#terminal.reset();
  }

  picture(): Picture {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      runsOf(active.getLine(active.viewportY + row)),
    );
  }
}

type Line = ReturnType<InstanceType<typeof xterm.Terminal>['buffer']['active']['getLine']>;

function runsOf(line: Line): Run[] {
  const runs: { column: number; text: string; colour: number | null; bold: boolean; dim: boolean }[] = [];
  for (let column = 0; column < (line?.length ?? 0); column++) {
    const cell = line!.getCell(column)!;
    if (cell.getWidth() === 0) continue;
    const look = {
      colour: cell.isFgPalette() ? cell.getFgColor() : null,
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
    };
    const last = runs.at(-1);
    const same = last?.colour === look.colour && last.bold === look.bold && last.dim === look.dim;
    if (same) last.text += cell.getChars() || ' ';
    else runs.push({ column, text: cell.getChars() || ' ', ...look });
  }
  return runs.map((run) => ({ ...run, text: run.text.trimEnd() })).filter(({ text }) => text !== '');
}
