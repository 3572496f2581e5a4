import { createHash } from 'node:crypto';
import type { FleetConfig } from '../../config/fleet-config.ts';
import type { JobName } from '../../hot/run-log.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { localPath } from '../../model/location.ts';
import { fileState, isSettled } from '../../operate/fleet/file-state.ts';
import { idleUntil } from '../../operate/fleet/idle-until.ts';
import type { Visit, Visits } from '../../operate/fleet/visits.ts';
import type { Reading } from '../../operate/stores.ts';
import { storesOf } from '../stores-of.ts';
import type { Member } from './fleet-member.ts';

/** Tells databases in which a job has nothing to do, without opening them, and remembers what is needed for that. */
export class IdleMembers {
  readonly #settings: string;
  readonly #visits: Visits;
  readonly #clock: Clock;

  /** @param version of the program: another one may find something to do. */
  constructor(config: FleetConfig, visits: Visits, clock: Clock, version: string) {
    this.#settings = digestOf(config, version);
    this.#visits = visits;
    this.#clock = clock;
  }

  /** Whether the jobs have nothing to do in a database; remembers that they were left out. */
  async leaveOut(member: Member, jobs: readonly JobName[]): Promise<boolean> {
    const visit = await this.#idleVisit(member);
    if (visit === null) return false;
    const at = new Date(this.#clock.now()).toISOString();
    this.#visits.note({
      ...visit,
      idle: { ...visit.idle, ...Object.fromEntries(jobs.map((job) => [job, at])) },
    });
    return true;
  }

  /** Remembers that a run came to a database. @param done it did all, and found nothing to do: the next one may be spared. */
  async remember({ database, config, visit }: Member, done: boolean): Promise<void> {
    const now = this.#clock.now();
    const state = fileState(database, localPath(config.archives.warm));
    if (state === null) return;
    await using opened = await storesOf(config, this.#clock).openReading();
    const until = done ? await untilOrNull(opened) : null;
    this.#visits.note({
      ...{ database, reached: new Date(now).toISOString(), identity: await opened.reader.ledger.identity() },
      ...{
        file: state.text,
        settled: isSettled(state, now),
        settings: this.#settings,
        idle: visit?.idle ?? {},
      },
      idleUntil: until === null ? null : new Date(until).toISOString(),
    });
    this.#visits.save();
  }

  /** Remembers that a run came to a database and could not work. */
  reached({ database, identity, visit }: Member): void {
    const nothing: Visit = {
      ...{
        database,
        identity,
        file: '',
        settled: false,
        idleUntil: null,
        settings: this.#settings,
        idle: {},
      },
      reached: '',
    };
    const reached = new Date(this.#clock.now()).toISOString();
    this.#visits.note({ ...(visit ?? nothing), idleUntil: null, reached });
    this.#visits.save();
  }

  /** What is remembered of an idle database; null when it may have something to do. */
  async #idleVisit({ database, config }: Member): Promise<Visit | null> {
    const visit = this.#visits.of(database);
    if (visit === null || visit.idleUntil === null || visit.settings !== this.#settings) return null;
    const now = this.#clock.now();
    // A clock that was set back makes rows due again that had been archived, or says nothing at all.
    if (now < Date.parse(visit.reached) || !(now < Date.parse(visit.idleUntil))) return null;
    const state = fileState(database, localPath(config.archives.warm));
    if (state === null || state.text !== visit.file) return null;
    if (visit.settled) return visit;
    if (!isSettled(state, now)) return null;
    // Written to just before it was remembered: a later change may have left no trace. Looked at once more, it is settled.
    await using opened = await storesOf(config, this.#clock).openReading();
    const until = await untilOrNull(opened);
    return until === null ? null : { ...visit, settled: true, idleUntil: new Date(until).toISOString() };
  }
}

/** What cannot be planned is left to the job, which reports it. */
async function untilOrNull(opened: Reading): Promise<number | null> {
  try {
    return await idleUntil(opened);
  } catch (error) {
    if (error instanceof FirnError) return null;
    throw error;
  }
}

function digestOf({ settings }: FleetConfig, version: string): string {
  const text = JSON.stringify([version, settings], (_, value: unknown) =>
    value instanceof Map ? [...value] : value instanceof Set ? [...value] : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
