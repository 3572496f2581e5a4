import { createRequire } from 'node:module';
import type { OnProgress } from '../../library/work/runs/run-progress.ts';
import type { Clock } from '../../model/clock.ts';
import type { Milliseconds } from '../../model/instant.ts';
import type { Output } from './io.ts';
import { formatBytes, formatCount, formatElapsed } from './quantity.ts';
import { visible } from './visible.ts';

/** How far a run is. */
export interface Advance {
  /** What is being worked on: a table and day. */
  readonly doing: string;
  readonly rows: number;
  readonly totalRows: number;
  readonly bytes: number;
}

/** Shows how far a run is, until it is finished. */
export interface ProgressDisplay {
  show(advance: Advance): void;
  finish(): void;
}

const REDRAW_MS = 100;
const LINE_EVERY_MS = 5000;
const BAR_WIDTH = 12;
/** Before this there is nothing to tell the pace from. */
const TOO_EARLY_MS = 1000;

/**
 * Progress on `out` for a run that begins now: a line that is redrawn on a terminal, else a plain line now and then.
 * `wanted` is what the user said (`--progress`, `--no-progress`), undefined for: on a terminal only.
 */
export function createProgress(out: Output, clock: Clock, wanted: boolean | undefined): ProgressDisplay {
  if (!(wanted ?? out.isTTY)) return { show: () => undefined, finish: () => undefined };
  const began = clock.monotonic();
  const draw = out.isTTY ? redrawn(out) : printed(out);
  let drawn = began;
  return {
    show(advance) {
      const now = clock.monotonic();
      if (now - drawn < draw.everyMs) return;
      drawn = now;
      draw.line(describeAdvance({ ...advance, doing: visible(advance.doing) }, now - began, out.columns));
    },
    finish: draw.end,
  };
}

/** Shows what a run tells of itself. */
export function showOn(display: ProgressDisplay): OnProgress {
  return ({ doing, done, total, bytes }) => display.show({ doing, rows: done, totalRows: total ?? 0, bytes });
}

interface Drawing {
  readonly everyMs: Milliseconds;
  line(text: string): void;
  end(): void;
}

function redrawn(out: Output): Drawing {
  // Loaded only here, because it takes 10 MB.
  const library = createRequire(import.meta.url)('log-update') as typeof import('log-update');
  const update = library.createLogUpdate(out as unknown as NodeJS.WritableStream, { showCursor: true });
  return { everyMs: REDRAW_MS, line: update, end: () => update.clear() };
}

function printed(out: Output): Drawing {
  return { everyMs: LINE_EVERY_MS, line: (text) => out.write(`${text}\n`), end: () => undefined };
}

/** One line of at most `width` characters: a bar, rows, rows a second, bytes, time left, and what is being done. */
export function describeAdvance(
  { doing, rows, totalRows, bytes }: Advance,
  elapsedMs: Milliseconds,
  width: number,
): string {
  const share = totalRows === 0 ? 1 : Math.min(1, rows / totalRows);
  const filled = Math.round(share * BAR_WIDTH);
  const facts = [
    `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${`${Math.floor(share * 100)} %`.padStart(5)}`,
    `${formatCount(rows)} rows`,
  ];
  if (elapsedMs >= TOO_EARLY_MS) facts.push(`${formatCount((rows / elapsedMs) * 1000)}/s`);
  facts.push(formatBytes(bytes));
  if (elapsedMs >= TOO_EARLY_MS && rows > 0) facts.push(`${timeLeft(rows, totalRows, elapsedMs)} left`);
  const line = facts.join('  ');
  const [subject = ''] = doing.split(' ');
  const fitting = [`${line}  ${doing}`, `${line}  ${subject}`].find((full) => full.length <= width);
  return fitting ?? line.slice(0, width);
}

function timeLeft(rows: number, totalRows: number, elapsedMs: Milliseconds): string {
  const seconds = Math.ceil(((totalRows - rows) * elapsedMs) / rows / 1000);
  return seconds < 60 ? `${seconds} s` : formatElapsed(seconds * 1000);
}
