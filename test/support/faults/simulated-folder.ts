import type { Random } from './random.ts';
import type { SimulatedFile } from './simulated-file.ts';

export type Node = SimulatedFile | SimulatedFolder;

/** An entry that was added (or, with null, removed) since the folder was last synced. */
interface Change {
  readonly name: string;
  readonly node: Node | null;
  /** A rename's removal outlives a power cut only together with its addition: a rename loses no file. */
  readonly after: { readonly folder: SimulatedFolder; readonly change: Change } | null;
}

/** A folder's entries as programs see them, and what of them a power cut may take. */
export class SimulatedFolder {
  readonly entries: Map<string, Node> = new Map();
  #durable = new Map<string, Node>();
  #unsynced: Change[] = [];

  static of(entries: ReadonlyMap<string, Node>): SimulatedFolder {
    const folder = new SimulatedFolder();
    for (const [name, node] of entries) folder.entries.set(name, node);
    folder.sync();
    return folder;
  }

  add(name: string, node: Node): Change {
    return this.#change({ name, node, after: null });
  }

  remove(name: string, after: Change['after'] = null): void {
    this.#change({ name, node: null, after });
  }

  sync(): void {
    const renamedAway = this.#unsynced.flatMap(({ after }) => (after === null ? [] : [after]));
    this.#durable = new Map(this.entries);
    this.#unsynced = [];
    for (const { folder, change } of renamedAway) folder.#syncUpTo(change);
  }

  /** Everything that ever was in the folder and may still be on the disk. */
  remembered(): Node[] {
    const added = this.#unsynced.flatMap(({ node }) => (node === null ? [] : [node]));
    return [...new Set([...this.#durable.values(), ...added])];
  }

  /** Of each name's unsynced changes, the first few happened. */
  chooseFate(random: Random): Fate {
    const kept = new Set<Change>();
    const mood = random.pick(['all', 'none', 'mixed', 'mixed'] as const);
    for (const changes of Map.groupBy(this.#unsynced, ({ name }) => name).values()) {
      const count = mood === 'all' ? changes.length : mood === 'none' ? 0 : random.integer(0, changes.length);
      for (const change of changes.slice(0, count)) kept.add(change);
    }
    return new Fate(this, kept);
  }

  entriesAfter(kept: ReadonlySet<Change>): Map<string, Node> {
    const entries = new Map(this.#durable);
    for (const change of this.#unsynced) if (kept.has(change)) apply(entries, change);
    return entries;
  }

  /** Gives up kept changes that cannot have happened, and those of the same name after them. */
  withhold(kept: Set<Change>, happened: (folder: SimulatedFolder, change: Change) => boolean): boolean {
    const lost = new Set<string>();
    const before = kept.size;
    for (const change of this.#unsynced) {
      const { after, name } = change;
      if (after !== null && kept.has(change) && !happened(after.folder, after.change)) lost.add(name);
      if (lost.has(name)) kept.delete(change);
    }
    return kept.size < before;
  }

  isUnsynced(change: Change): boolean {
    return this.#unsynced.includes(change);
  }

  #change(change: Change): Change {
    apply(this.entries, change);
    this.#unsynced.push(change);
    return change;
  }

  #syncUpTo(last: Change): void {
    const end = this.#unsynced.indexOf(last);
    for (const change of this.#unsynced.slice(0, end + 1)) {
      if (change.name === last.name) apply(this.#durable, change);
    }
    this.#unsynced = this.#unsynced.filter((change, index) => index > end || change.name !== last.name);
  }
}

/** Which of a folder's unsynced changes outlived the power cut. */
export class Fate {
  readonly folder: SimulatedFolder;
  readonly #kept: Set<Change>;

  constructor(folder: SimulatedFolder, kept: Set<Change>) {
    this.folder = folder;
    this.#kept = kept;
  }

  get entries(): Map<string, Node> {
    return this.folder.entriesAfter(this.#kept);
  }

  /** True when something had to be given up, so that other folders must be looked at again. */
  reconcile(fates: ReadonlyMap<SimulatedFolder, Fate>): boolean {
    return this.folder.withhold(this.#kept, (folder, change) => fates.get(folder)?.happened(change) ?? true);
  }

  happened(change: Change): boolean {
    return this.#kept.has(change) || !this.folder.isUnsynced(change);
  }
}

function apply(entries: Map<string, Node>, { name, node }: Change): void {
  if (node === null) entries.delete(name);
  else entries.set(name, node);
}
