import type { Random } from '../random.ts';
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

  /** The same folder with all that is or was below it, on its own from now on. */
  fork(copies: Copies = { nodes: new Map(), changes: new Map() }): SimulatedFolder {
    const known = copies.nodes.get(this);
    if (known !== undefined) return known as SimulatedFolder;
    const fork = new SimulatedFolder();
    copies.nodes.set(this, fork);
    for (const [name, node] of this.entries) fork.entries.set(name, forkNode(node, copies));
    fork.#durable = new Map([...this.#durable].map(([name, node]) => [name, forkNode(node, copies)]));
    fork.#unsynced = this.#unsynced.map((change) => forkChange(change, copies));
    return fork;
  }

  /** As `SimulatedFile.print`. Of temporary files it says that there are some, not how many, nor what is in them. */
  print(durability: boolean, seen: Map<Node, number> = new Map()): string {
    const nodePrint = (node: Node, temporary: boolean): string => {
      const known = seen.get(node);
      if (known !== undefined) return `#${known}`;
      if (temporary && !(node instanceof SimulatedFolder)) return '*';
      seen.set(node, seen.size);
      if (node instanceof SimulatedFolder) return node.print(durability, seen);
      return node.print(durability);
    };
    const listed = (entries: Iterable<readonly [string, Node | null]>): string => {
      // The folder of temporary files comes last: what it holds may have a lasting name, too.
      const sorted = [...entries].sort(
        ([a], [b]) => Number(a === '.tmp') - Number(b === '.tmp') || (a < b ? -1 : 1),
      );
      const names = sorted.map(([name, node]) => {
        const temporary = TEMPORARY_NAME.test(name);
        return `${temporary ? '*' : name}=${node === null ? '-' : nodePrint(node, temporary)}`;
      });
      return [...new Set(names)].join(',');
    };
    const visible = listed(this.entries);
    if (!durability || this.#unsynced.length === 0) return `{${visible}}`;
    const changes = this.#unsynced.map(({ name, node }) => listed([[name, node]]));
    return `{${visible} over ${listed(this.#durable)} ${[...new Set(changes)].join(';')}}`;
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

interface Copies {
  readonly nodes: Map<Node, Node>;
  readonly changes: Map<Change, Change>;
}

const TEMPORARY_NAME = /^[0-9a-f]{32}\.(tmp|claim)$/;

function forkNode(node: Node, copies: Copies): Node {
  if (node instanceof SimulatedFolder) return node.fork(copies);
  const fork = copies.nodes.get(node) ?? node.fork();
  copies.nodes.set(node, fork);
  return fork;
}

function forkChange(change: Change, copies: Copies): Change {
  const known = copies.changes.get(change);
  if (known !== undefined) return known;
  const { name, node, after } = change;
  const fork: Change = {
    name,
    node: node === null ? null : forkNode(node, copies),
    after:
      after === null ? null : { folder: after.folder.fork(copies), change: forkChange(after.change, copies) },
  };
  copies.changes.set(change, fork);
  return fork;
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
