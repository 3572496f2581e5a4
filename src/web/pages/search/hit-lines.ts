import { exactJson } from '../../exact-json.ts';

/** A hit of `firn search --json`. */
export interface HitJson {
  readonly table: string;
  readonly tier: string;
  readonly time: string | null;
  readonly path: string | null;
  readonly key: readonly string[] | null;
  readonly key_columns: readonly string[];
  readonly same_key_in_database?: true;
  readonly row: Readonly<Record<string, unknown>>;
}

/** A hit that is too large to be taken apart: what stands before its row. */
export interface LargeHit {
  readonly about: Omit<HitJson, 'row'> | null;
  readonly bytes: number;
}

/** What follows the hits: what was read, and what could not be. */
export interface SearchReportJson {
  readonly count: number;
  readonly complete: boolean;
  readonly more: boolean;
  readonly stopped: string | null;
  readonly rows: Readonly<Record<'hot' | 'warm' | 'cold', number>>;
  readonly segments: { readonly read: number; readonly total: number };
  readonly blocks: { readonly read: number; readonly total: number };
  readonly bytes: { readonly read: number; readonly total: number; readonly inflated: number };
}

export type Found =
  | { readonly hit: HitJson }
  | { readonly large: LargeHit }
  | { readonly report: SearchReportJson };

/** A longer hit is not taken apart, so that the server's memory stays bounded. In bytes. */
const LONGEST_LINE = 1 << 20;
/** Of it, this is kept: the table, the time and the key stand first. In bytes. */
const KEPT_OF_LONG = 64 << 10;
/** Hits stand so in the answer, one a line. */
const HIT = /^ {4}\{/;

/** Takes the answer of `firn search --json` apart while it comes. */
export class HitLines {
  #pieces: Buffer[] = [];
  #kept = 0;
  #bytes = 0;
  /** The lines after the hits; null while hits come. */
  #rest: string[] | null = null;

  /** What a piece of the answer completes. */
  add(chunk: Uint8Array): Found[] {
    const found: Found[] = [];
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      this.#take(chunk.subarray(from, end));
      this.#endLine(found);
      from = end + 1;
    }
    this.#take(chunk.subarray(from));
    // The line feed comes with the next hit only, and that may take a while.
    if (chunk.at(-1) === 0x7d && this.#rest === null && this.#bytes <= LONGEST_LINE) {
      const hit = hitOf(this.#line());
      if (hit !== null) {
        found.push({ hit });
        this.#clear();
      }
    }
    return found;
  }

  /** What the end of the answer completes: the report, where the command came so far. */
  end(): Found[] {
    const found: Found[] = [];
    this.#endLine(found);
    const report = this.#rest === null ? null : parsed(`{${this.#rest.join('\n')}`);
    return report === null ? found : [...found, { report: report as SearchReportJson }];
  }

  #take(piece: Uint8Array): void {
    this.#bytes += piece.length;
    const room = (this.#bytes > LONGEST_LINE ? KEPT_OF_LONG : LONGEST_LINE) - this.#kept;
    // A copy: the piece may be a part of a much larger chunk.
    if (room > 0) this.#pieces.push(Buffer.from(piece.subarray(0, room)));
    else if (this.#kept > KEPT_OF_LONG)
      this.#pieces = [Buffer.from(Buffer.concat(this.#pieces).subarray(0, KEPT_OF_LONG))];
    this.#kept = this.#pieces.reduce((sum, { length }) => sum + length, 0);
  }

  #endLine(found: Found[]): void {
    const line = this.#line();
    const bytes = this.#bytes;
    this.#clear();
    if (this.#rest !== null) this.#rest.push(line);
    else if (bytes > LONGEST_LINE) found.push({ large: { about: aboutOf(line), bytes } });
    else if (/^(?: {2})?\],$/.test(line) || line.endsWith('"hits": [],')) this.#rest = [];
    else {
      const hit = hitOf(line.replace(/,$/, ''));
      if (hit !== null) found.push({ hit });
    }
  }

  #line(): string {
    return Buffer.concat(this.#pieces).toString();
  }

  #clear(): void {
    [this.#pieces, this.#kept, this.#bytes] = [[], 0, 0];
  }
}

function hitOf(line: string): HitJson | null {
  return HIT.test(line) ? (parsed(line) as HitJson | null) : null;
}

/** What stands before the row, of a line whose end is missing. */
function aboutOf(head: string): LargeHit['about'] {
  const mark = ',"row":';
  for (let at = head.indexOf(mark); at >= 0; at = head.indexOf(mark, at + 1)) {
    const about = parsed(`${head.slice(0, at)}}`);
    if (about !== null) return about as LargeHit['about'];
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return exactJson(text);
  } catch {
    return null;
  }
}
