import { hash } from 'node:crypto';
import type { Random } from '../random.ts';

interface Write {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** A file's bytes as programs see them, and what of them a power cut may take. */
export class SimulatedFile {
  content: Uint8Array = new Uint8Array();
  #durable: Uint8Array = new Uint8Array();
  #unsynced: Write[] = [];

  static of(content: Uint8Array): SimulatedFile {
    const file = new SimulatedFile();
    file.content = content;
    file.#durable = content;
    return file;
  }

  /** The same file, on its own from now on. */
  fork(): SimulatedFile {
    const fork = new SimulatedFile();
    fork.content = this.content;
    fork.#durable = this.#durable;
    fork.#unsynced = [...this.#unsynced];
    return fork;
  }

  /** Equal only for files that read the same; with `durability`, only if a power cut may take the same of them, too. */
  print(durability: boolean): string {
    const visible = contentPrint(this.content);
    if (!durability || this.#unsynced.length === 0) return visible;
    const writes = this.#unsynced.map(({ position, bytes }) => `${position}+${bytes.length}`);
    return `${visible} over ${contentPrint(this.#durable)} ${writes.join(' ')}`;
  }

  write(bytes: Uint8Array, position: number): void {
    // `slice` of a Buffer would be no copy.
    const write = { position, bytes: new Uint8Array(bytes) };
    this.content = applied(this.content, write);
    this.#unsynced.push(write);
  }

  sync(): void {
    this.#durable = this.content;
    this.#unsynced = [];
  }

  /** Each write since the last sync was kept, lost or torn, independently of the others; holes read as zeros. */
  afterPowerCut(random: Random): Uint8Array {
    const mood = random.pick(['all', 'none', 'mixed', 'mixed'] as const);
    if (mood === 'all') return this.content;
    if (mood === 'none') return this.#durable;
    let content = this.#durable;
    for (const write of this.#unsynced) {
      const fate = random.pick(['kept', 'lost', 'torn'] as const);
      if (fate === 'kept') content = applied(content, write);
      if (fate === 'torn') {
        const bytes = write.bytes.subarray(0, random.integer(0, write.bytes.length));
        content = applied(content, { ...write, bytes });
      }
    }
    return content;
  }
}

function applied(content: Uint8Array, { position, bytes }: Write): Uint8Array {
  const result = new Uint8Array(Math.max(content.length, position + bytes.length));
  result.set(content);
  result.set(bytes, position);
  return result;
}

const prints = new WeakMap<Uint8Array, string>();

/**
 * Short files as they are. Of the archive's lineage it says only whose it is: each run adds a random generation, and no state would be met twice.
 */
export function contentPrint(content: Uint8Array): string {
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 100)).toString(
    'latin1',
  );
  const lineage = /^\{"format":1,"database":"[^"]*"(?=,"path")/.exec(start);
  if (lineage !== null) return `${lineage[0]},lineage`;
  if (content.length < 300) return Buffer.from(content).toString('latin1');
  const known = prints.get(content) ?? hash('sha1', content);
  prints.set(content, known);
  return known;
}
