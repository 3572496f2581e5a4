import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../faults/random.ts';
import { modelAccess, modelFetch } from '../model/model-fetch.ts';
import { S3Model } from '../model/s3-model.ts';
import { type BucketAccess, type PlainRequest, send } from '../plain-client.ts';
import { freshBucket, needsRadosgw } from '../radosgw/radosgw.ts';
import { drawnFaults, faultAt } from './drawn-faults.ts';
import type { Fault } from './fault.ts';
import { type DrawFault, FaultInjector } from './fault-injector.ts';
import { FaultProxy } from './fault-proxy.ts';
import { faultyFetch, RememberingModel } from './faulty-fetch.ts';

/** A bucket that is reached through faults, and beside them. */
interface Place extends AsyncDisposable {
  readonly injector: FaultInjector;
  /** The status, or `broken`; of a GET the body, too. */
  through(request: PlainRequest): Promise<string>;
  beside(request: PlainRequest): Promise<string>;
}

type MakePlace = (draw: DrawFault) => Promise<Place>;

async function overModel(draw: DrawFault): Promise<Place> {
  const model = new S3Model();
  const injector = new FaultInjector(new RememberingModel(model), draw);
  const access = modelAccess(model);
  return {
    injector,
    through: (request) => seen(access, request, faultyFetch(injector)),
    beside: (request) => seen(access, request, modelFetch(model)),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function overRadosgw(draw: DrawFault): Promise<Place> {
  const bucket = await freshBucket();
  const proxy = await FaultProxy.start(bucket, draw);
  return {
    injector: proxy.injector,
    through: (request) => seen(proxy.access, request, fetch),
    beside: (request) => seen(bucket, request, fetch),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

async function seen(access: BucketAccess, request: PlainRequest, how: typeof fetch): Promise<string> {
  try {
    const { status, body } = await send(access, request, how);
    return request.method === 'GET' ? `${status} ${body}` : String(status);
  } catch (error) {
    return (error as Error).cause === undefined && !/terminated|fetch/.test(String(error))
      ? String(error)
      : 'broken';
  }
}

const PUT: PlainRequest = { method: 'PUT', key: 'k', body: 'text', headers: { 'if-none-match': '*' } };
const GET: PlainRequest = { method: 'GET', key: 'k' };
const LIST: PlainRequest = { method: 'GET', query: { 'list-type': '2' } };

/** The fault, what the client of a PUT sees, and whether it was carried out. */
const OUTCOMES: readonly (readonly [Fault, string, boolean])[] = [
  [{ kind: 'refused connection' }, 'broken', false],
  [{ kind: 'lost request' }, 'broken', false],
  [{ kind: 'lost answer' }, 'broken', true],
  [{ kind: 'answer', status: 503, code: 'SlowDown', retryAfter: 1 }, '503', false],
  [{ kind: 'failed after all' }, '500', true],
  [{ kind: 'twice' }, '412', true],
  [{ kind: 'cut request' }, '400', false],
  [{ kind: 'overtaken', by: 1 }, '200', true],
];

function trials(name: string, options: { skip?: string }, make: MakePlace): void {
  test(`${name}: a fault does to a request what it says, and nothing to the next one`, options, async () => {
    for (const [fault, expected, applied] of OUTCOMES) {
      await using place = await make(faultAt(1, fault));
      assert.equal(await place.through(PUT), expected, fault.kind);
      assert.equal((await place.beside(GET)).startsWith(applied ? '200' : '404'), true, fault.kind);
      assert.equal((await place.through(GET)).startsWith(applied ? '200' : '404'), true, fault.kind);
      assert.deepEqual([...place.injector.injected], [[fault.kind, 1]]);
    }
  });

  test(`${name}: a late request is carried out after others, or when all is over`, options, async () => {
    await using place = await make(faultAt(1, { kind: 'late', after: 2 }));
    assert.equal(await place.through(PUT), 'broken');
    for (const expected of ['404', '404', '200']) {
      assert.ok((await place.through(GET)).startsWith(expected), expected);
    }
    await using other = await make(faultAt(1, { kind: 'late', after: 100 }));
    await other.through(PUT);
    assert.match(await other.beside(GET), /^404/);
    await other.injector.settle();
    assert.equal(await other.beside(GET), '200 text');
  });

  test(`${name}: an answer is cut`, options, async () => {
    await using place = await make(faultAt(2, { kind: 'cut answer', share: 0.5 }));
    await place.through(PUT);
    assert.equal(await place.through(GET), 'broken');
    assert.equal(await place.through(GET), '200 text');
  });

  test(`${name}: a list is out of date`, options, async () => {
    await using place = await make(faultAt(4, { kind: 'stale list', changes: 1 }));
    await place.through(LIST);
    await place.through(PUT);
    await place.through({ ...PUT, key: 'late' });
    assert.doesNotMatch(await place.through(LIST), /<Key>late/);
    assert.match(await place.through(LIST), /<Key>late/);
    assert.deepEqual([...place.injector.injected], [['stale list', 1]]);
  });

  test(`${name}: a request is overtaken by another`, options, async () => {
    await using place = await make(faultAt(1, { kind: 'overtaken', by: 1 }));
    const [one, other] = await Promise.all([
      place.through(PUT),
      place.through({ ...PUT, key: 'k', body: 'another' }),
    ]);
    // Over sockets, either of them may be the first to arrive, which is then overtaken.
    assert.deepEqual([one, other].sort(), ['200', '412']);
    assert.equal(await place.beside(GET), one === '200' ? '200 text' : '200 another');
    assert.deepEqual([...place.injector.injected], [['overtaken', 1]]);
  });
}

trials('over the model', {}, overModel);
trials('through the proxy', needsRadosgw, overRadosgw);

test('the same seed gives the same faults, of every kind', async () => {
  const play = async (seed: number): Promise<string[]> => {
    const rate = { share: 0.9, bursts: 0.01, burst: 10, staleLists: true };
    await using place = await overModel(drawnFaults(new Random(seed), rate));
    for (let n = 0; n < 400; n++) {
      await place.through([PUT, GET, LIST, { ...PUT, method: 'DELETE' as const }][n % 4]!);
    }
    return [...place.injector.injected].map(([kind, count]) => `${kind} ${count}`);
  };
  const kinds = await play(7);
  assert.deepEqual(await play(7), kinds);
  assert.notDeepEqual(await play(8), kinds);
  assert.equal(kinds.length, 11, kinds.join());
});
