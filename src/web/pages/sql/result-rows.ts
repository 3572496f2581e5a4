import type { CommandEnd, RunningCommand } from '../../command-runner.ts';
import { exactJson } from '../../exact-json.ts';

/** What a page shows of a result. */
export interface ResultRows {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** There are more rows than a page shows. */
  readonly more: boolean;
  /** Null when the command was stopped because a page shows no more. */
  readonly end: CommandEnd | null;
}

const MOST_ROWS = 500;
/** Of all rows together; a result beyond it is cut off. In bytes. */
const MOST_BYTES = 16 << 20;

/** Reads the first rows of a command that prints JSON Lines, and stops it when a page shows no more. */
export async function readRows(command: RunningCommand): Promise<ResultRows> {
  const rows: ResultRows['rows'][number][] = [];
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let more = false;
  for await (const chunk of command.stdout) {
    bytes += chunk.length;
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, at));
      start = at + 1;
      if (rows.length < MOST_ROWS) rows.push(rowOf(Buffer.concat(pieces.splice(0))));
      else more = true;
    }
    pieces.push(chunk.subarray(start));
    if (more || bytes > MOST_BYTES) {
      more = true;
      break;
    }
  }
  if (more) command.cancel();
  const end = await command.ended;
  return { columns: Object.keys(rows[0] ?? {}), rows, more, end: more ? null : end };
}

function rowOf(line: Buffer): ResultRows['rows'][number] {
  return exactJson(line.toString()) as ResultRows['rows'][number];
}
