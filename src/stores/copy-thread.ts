import { parentPort, workerData } from 'node:worker_threads';
import { TrafficCounter } from '../archive/traffic.ts';
import type { GroupCopy, ProvenCopy, ProvenGroup } from '../copying/copier.ts';
import {
  type Answer,
  type PartGiven,
  type PartWanted,
  packError,
  type Request,
  type SentCopy,
  unpackError,
} from '../copying/copy-protocol.ts';
import { inlineCopier } from '../copying/copy-segments.ts';
import { giveWay } from '../copying/give-way.ts';
import { buffersOf, packUnits } from '../copying/packed-units.ts';
import type { Day } from '../model/instant.ts';
import type { Location } from '../model/location.ts';
import type { ArchivePlaces } from '../model/policy/archive-places.ts';
import { receiveS3Settings, type SentS3Settings } from '../model/policy/s3-settings.ts';
import { type Sizes, setSizes } from '../model/sizes.ts';
import { openArchive, openingOptions } from './open-archive.ts';
import { hotBackend } from './open-hot.ts';

/**
 * The copying thread: a reader connection of its own, one request at a time. While the main thread drains a segment,
 * the next one is copied ahead, so that its proof is ready when it is asked for.
 */
interface Start {
  readonly database: Location;
  readonly archives: ArchivePlaces;
  readonly s3: SentS3Settings;
  readonly traffic: TrafficCounter['shared'];
  /** Those of the thread that started this one. */
  readonly sizes: Sizes;
}
const { database, archives, s3, traffic, sizes } = workerData as Start;
const port = parentPort!;
setSizes(sizes);
giveWay();
const archive = openArchive(archives, {
  ...openingOptions({ database, s3: receiveS3Settings(s3) }),
  traffic: new TrafficCounter(traffic),
});
const copier = inlineCopier(await hotBackend(database).reader(), archive, { ahead: true });
const unnamed = new Map<string, ProvenCopy>();
let copies: AsyncIterator<ProvenCopy | ProvenGroup> | null = null;
/** What is being copied ahead. It is asked for only when what was copied before has its names. */
let ahead: Promise<IteratorResult<ProvenCopy | ProvenGroup>> | null = null;

async function answer(request: Request): Promise<Answer> {
  switch (request.ask) {
    case 'survey':
      return { ok: await copier.survey(request.shape, request.rule) };
    case 'surveyBound':
      return { ok: await copier.surveyBound(request.bound) };
    case 'dangling':
      return { ok: await copier.dangling(request.reference) };
    case 'begin': {
      await letGo();
      const { table } = request.task.shape;
      const task = { ...request.task, nextPart: (day: Day) => nextPart(table, day) };
      copies = copier.copy(task)[Symbol.asyncIterator]();
      return { ok: null };
    }
    case 'beginGroups':
      await letGo();
      copies = copier.copyGroups({ ...request.task, nextPart })[Symbol.asyncIterator]();
      return { ok: null };
    case 'next':
      return await nextCopy();
    case 'publish':
      await unnamed.get(request.segment)!.publish();
      unnamed.delete(request.segment);
      if (unnamed.size === 0) copyAhead();
      return { ok: null };
    case 'abandon':
      await unnamed.get(request.segment)?.abandon();
      unnamed.delete(request.segment);
      return { ok: null };
    case 'close':
      await letGo();
      await copier[Symbol.asyncDispose]();
      return { ok: null };
  }
}

async function nextCopy(): Promise<Answer> {
  const next = await (ahead ?? copies!.next());
  ahead = null;
  if (next.done) return { ok: null };
  const own = copiesIn(next.value);
  for (const copy of own) unnamed.set(copy.receipt.segment, copy);
  return { ok: { copies: own.map(sent) } };
}

function copiesIn(made: ProvenCopy | ProvenGroup): readonly (ProvenCopy | GroupCopy)[] {
  return 'copies' in made ? made.copies : [made];
}

function sent(copy: ProvenCopy | GroupCopy): SentCopy {
  const { receipt, units } = copy;
  return { receipt, units: packUnits(units), ...('unitOf' in copy ? { unitOf: copy.unitOf } : {}) };
}

function copyAhead(): void {
  ahead = copies!.next();
  // Its failure is reported to whoever asks for it; until then it is nobody's unhandled rejection.
  ahead.catch(() => undefined);
}

const partsWanted: { resolve: (part: number) => void; reject: (error: Error) => void }[] = [];

function nextPart(table: string, day: Day): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  partsWanted.push({ resolve, reject });
  port.postMessage({ wantsPartOf: { table, day } } satisfies PartWanted);
  return promise;
}

function takePart(given: PartGiven): void {
  const wanted = partsWanted.shift()!;
  if ('part' in given) wanted.resolve(given.part);
  else wanted.reject(unpackError(given.noPart));
}

/** Ends the present task: what was copied and has no name yet is abandoned. */
async function letGo(): Promise<void> {
  const made = await ahead?.catch(() => null);
  if (made && !made.done) for (const copy of copiesIn(made.value)) unnamed.set(copy.receipt.segment, copy);
  ahead = null;
  for (const copy of unnamed.values()) await copy.abandon();
  unnamed.clear();
  await copies?.return?.();
  copies = null;
}

/** What is given away, rather than copied, with an answer. */
function given(answer: Answer): ArrayBuffer[] {
  if (!('ok' in answer) || answer.ok === null || !('copies' in answer.ok)) return [];
  return answer.ok.copies.flatMap(({ units, unitOf }) => [
    ...buffersOf(units),
    ...(unitOf === undefined ? [] : [unitOf.buffer]),
  ]);
}

let queue: Promise<void> = Promise.resolve();
port.on('message', (request: Request | PartGiven) => {
  // Not in the queue, where the request waits that needs it.
  if (!('ask' in request)) return takePart(request);
  queue = queue.then(async () => {
    try {
      const made = await answer(request);
      port.postMessage(made, given(made));
    } catch (error) {
      port.postMessage({ failed: packError(error) } satisfies Answer);
    }
    if (request.ask === 'close') port.close();
  });
});
