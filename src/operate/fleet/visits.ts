import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobName, RunRecord } from '../../hot/run-log.ts';
import { writeAtomically } from '../install/write-atomically.ts';

/** What is remembered of a database between runs. It only ever saves work: nothing that it says is believed when the files have changed. */
export interface Visit {
  /** Absolute path. */
  readonly database: string;
  /** When a changing run last came to it, UTC ISO 8601. */
  readonly reached: string;
  /** Null: it had none. */
  readonly identity: string | null;
  /** `FileState.text` after that run. */
  readonly file: string;
  /** Whether that state shows every later change. */
  readonly settled: boolean;
  /** Until when no job has anything to do while nothing changes, UTC ISO 8601; null: unknown. */
  readonly idleUntil: string | null;
  /** Digest of the settings and of the program that found this out. */
  readonly settings: string;
  /** When each job last had nothing to do here and was left out, UTC ISO 8601. */
  readonly idle: Partial<Record<JobName, string>>;
}

/** One line of the file: a visit, or a run over all databases. */
type Line = { readonly visit: Visit } | { readonly run: RunRecord };

const FILE = '.firn-databases.jsonl';

/** Runs over all databases that are remembered. */
const REMEMBERED_RUNS = 300;

/**
 * The visits of a configuration of several databases: lines of JSON in a file beside their archives, of which the last one of a
 * database counts. A line that was cut off, or that nobody understands, is ignored.
 */
export class Visits {
  readonly #path: string | null;
  readonly #visits = new Map<string, Visit>();
  #runs: RunRecord[] = [];
  #lines = 0;
  #unwritten = '';

  /** @param root the folder of the archives; null: nothing is remembered. */
  constructor(root: string | null) {
    this.#path = root === null ? null : join(root, FILE);
    const text = this.#path === null ? '' : readOr(this.#path);
    for (const line of text.split('\n')) this.#take(lineOf(line));
    // Ends a line that was cut off, so that only that one is lost.
    if (text !== '' && !text.endsWith('\n')) this.#unwritten = '\n';
  }

  of(database: string): Visit | null {
    return this.#visits.get(database) ?? null;
  }

  /** Runs over all databases, newest first. */
  get runs(): readonly RunRecord[] {
    return this.#runs;
  }

  /** Remembered, and written down with the next `save`. */
  note(visit: Visit): void {
    this.#add({ visit });
  }

  noteRun(run: RunRecord): void {
    this.#add({ run });
  }

  /** Writes down what was noted. Not durable: what a power cut takes is found out again. */
  save(): void {
    if (this.#path === null || this.#unwritten === '') return;
    mkdirSync(join(this.#path, '..'), { recursive: true, mode: 0o700 });
    appendFileSync(this.#path, this.#unwritten, { mode: 0o600 });
    this.#unwritten = '';
  }

  /** Makes the file as short as it can be, when most of it is out of date. Only for whoever holds the lock of the databases. */
  async tidy(): Promise<void> {
    if (this.#path === null || this.#lines <= 2 * (this.#visits.size + this.#runs.length)) return;
    const lines: Line[] = [
      ...[...this.#visits.values()].map((visit) => ({ visit })),
      ...this.#runs.toReversed().map((run) => ({ run })),
    ];
    await writeAtomically(this.#path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    this.#lines = lines.length;
  }

  #add(line: Line): void {
    this.#take(line);
    this.#unwritten += `${JSON.stringify(line)}\n`;
  }

  #take(line: Line | null): void {
    if (line === null) return;
    this.#lines++;
    if ('visit' in line) this.#visits.set(line.visit.database, line.visit);
    else this.#runs = [line.run, ...this.#runs].slice(0, REMEMBERED_RUNS);
  }
}

/** Who may not read it remembers nothing. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function lineOf(text: string): Line | null {
  if (text === '') return null;
  try {
    const line = JSON.parse(text) as { visit?: Partial<Visit>; run?: Partial<RunRecord> } | null;
    if (typeof line?.visit?.database === 'string' && isVisit(line.visit))
      return { visit: line.visit as Visit };
    if (typeof line?.run?.startedAt === 'string' && Array.isArray(line.run.jobs))
      return { run: line.run as RunRecord };
    return null;
  } catch {
    return null;
  }
}

function isVisit({ reached, identity, file, settled, idleUntil, settings, idle }: Partial<Visit>): boolean {
  const texts = [reached, file, settings].every((text) => typeof text === 'string');
  const maybe = [identity, idleUntil].every((text) => text === null || typeof text === 'string');
  return texts && maybe && typeof settled === 'boolean' && typeof idle === 'object' && idle !== null;
}
