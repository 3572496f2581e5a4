import { DatabaseSync } from 'node:sqlite';
import { sizes } from '../../model/sizes.ts';
import { Heap } from '../read/heap.ts';
import type { Hit } from './hit.ts';

/**
 * Hits that were found but cannot be given out yet, because earlier ones may still come: a priority queue in the
 * order of the answer. Memory is bounded: what does not fit waits in a temporary database of SQLite's, which goes with it.
 */
export class WaitingHits implements Disposable {
  readonly #limit: number;
  readonly #memory: number;
  readonly #heap = new Heap<Hit>(compareHits);
  #bytes = 0;
  #given = 0;
  #spill: Spill | null = null;

  /** `limit`: hits beyond this many, in the order of the answer, may be forgotten. */
  constructor(limit: number | null, memoryBytes: number = sizes.waitingBytes) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#memory = memoryBytes;
  }

  push(hit: Hit): void {
    this.#keep(hit);
    const wanted = this.#limit - this.#given;
    if (this.#heap.size > 2 * wanted + sizes.slackHits) this.#letGo(wanted);
    if (this.#bytes > this.#memory) this.#spillFarther();
  }

  /** The first hit, null when there is none. */
  peek(): Hit | null {
    const spilled = this.#spill?.first ?? null;
    const first = this.#heap.peek();
    if (spilled !== null && (first === undefined || compareHits(spilled, first) < 0)) {
      for (const hit of this.#spill!.takeFirst(sizes.refilledHits)) this.#keep(hit);
    }
    return this.#heap.peek() ?? null;
  }

  /** Takes the hit that `peek` showed. */
  take(): void {
    const hit = this.#heap.pop();
    if (hit === undefined) return;
    this.#bytes -= weight(hit);
    this.#given++;
  }

  [Symbol.dispose](): void {
    this.#spill?.close();
    this.#spill = null;
  }

  #keep(hit: Hit): void {
    this.#heap.push(hit);
    this.#bytes += weight(hit);
  }

  #letGo(keep: number): Hit[] {
    const gone = this.#heap.cut(keep);
    for (const hit of gone) this.#bytes -= weight(hit);
    return gone;
  }

  #spillFarther(): void {
    const farther = this.#letGo(Math.ceil(this.#heap.size / 2));
    if (farther.length === 0) return;
    this.#spill ??= new Spill();
    this.#spill.add(farther);
  }
}

/** The order of answers: by time, and where that is the same by place, so that every search gives the same. */
export function compareHits(a: Hit, b: Hit): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.place < b.place ? -1 : a.place > b.place ? 1 : 0;
}

function weight(hit: Hit): number {
  return hit.line.length + 200;
}

/** Hits on disk, in a database that SQLite deletes when it is closed. */
class Spill {
  readonly #db = new DatabaseSync('');
  first: Hit | null = null;

  constructor() {
    this.#db.exec(
      'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE hit (sort REAL, place TEXT, line BLOB, rest TEXT, PRIMARY KEY (sort, place)) WITHOUT ROWID',
    );
  }

  add(hits: readonly Hit[]): void {
    const insert = this.#db.prepare('INSERT INTO hit VALUES (?, ?, ?, ?)');
    this.#db.exec('BEGIN');
    for (const { order, place, line, ...rest } of hits) insert.run(order, place, line, JSON.stringify(rest));
    this.#db.exec('COMMIT');
    this.first = this.#read(1)[0] ?? null;
  }

  takeFirst(rows: number): Hit[] {
    const hits = this.#read(rows);
    const last = hits.at(-1);
    if (last !== undefined) {
      this.#db.prepare('DELETE FROM hit WHERE (sort, place) <= (?, ?)').run(last.order, last.place);
    }
    this.first = this.#read(1)[0] ?? null;
    return hits;
  }

  close(): void {
    this.#db.close();
  }

  #read(rows: number): Hit[] {
    const found = this.#db.prepare('SELECT * FROM hit ORDER BY sort, place LIMIT ?').all(rows) as {
      sort: number;
      place: string;
      line: Uint8Array;
      rest: string;
    }[];
    return found.map(({ sort, place, line, rest }) => ({
      ...(JSON.parse(rest) as Omit<Hit, 'order' | 'place' | 'line'>),
      order: sort,
      place,
      line,
    }));
  }
}
