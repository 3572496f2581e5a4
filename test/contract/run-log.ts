import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobName, RunEnd, RunLog, RunLogReader, RunStart } from '../../src/hot/run-log.ts';
import { isError } from '../hot/hot-trial.ts';
import { declaredTable, type HotPlace, type MakeHotPlace } from './hot-place.ts';

const NOW = Date.UTC(2026, 5, 1, 2);

/** What every run log owes its callers. */
export function runLogContract(name: string, makePlace: MakeHotPlace): void {
  const trial = (
    title: string,
    body: (log: RunLog, reader: RunLogReader, place: HotPlace) => Promise<void>,
  ): void => {
    test(`${name}, run log: ${title}`, async () => {
      await using place = await makePlace([declaredTable([])]);
      await using log = await place.backend.runLog();
      await using reader = await place.backend.runLogReader();
      await body(log, reader, place);
    });
  };

  trial('before the first write there is no run, no pause and no table', async (log, reader, place) => {
    for (const each of [log, reader]) {
      assert.deepEqual(await each.runs(), []);
      assert.equal(await each.pause(), null);
    }
    await log.setPause(null);
    assert.equal(await reader.pause(), null);
    assert.ok(place.application.tables().includes('events'));
  });

  trial('reading makes no table', async (_, reader, place) => {
    await reader.runs();
    await reader.pause();
    assert.deepEqual(place.application.tables(), ['events']);
  });

  trial(
    'a run is seen without an end while it runs, and with all of its facts afterwards',
    async (log, reader) => {
      const id = await log.begin(started(0, 'daily'));
      assert.deepEqual(await reader.runs(), [{ ...started(0, 'daily'), id, end: null }]);
      const end: RunEnd = {
        ...ended(1, 'partly', 'zu "viel" \u2028 ☃'),
        ...{ records: 2 ** 40, remaining: 0 },
        tables: [{ table: 'od"d', status: 'archived', records: 7, kept: 1, undated: 2 }],
      };
      await log.end(id, end);
      assert.deepEqual(await reader.runs(), [{ ...started(0, 'daily'), id, end }]);
    },
  );

  trial('a run of no job and one of several keep their jobs', async (log, reader) => {
    const none: RunStart = { ...started(0, 'daily'), jobs: [] };
    const all: RunStart = { ...started(1, 'daily'), jobs: ['daily', 'weekly', 'monthly'] };
    await log.note(none, ended(0, 'done'));
    await log.note(all, ended(1, 'locked', 'another run'));
    assert.deepEqual(
      (await reader.runs()).map(({ jobs }) => jobs),
      [all.jobs, []],
    );
  });

  trial('runs come newest first, as many as wanted', async (log, reader) => {
    for (let minute = 0; minute < 5; minute++)
      await log.note(started(minute, 'daily'), ended(minute, 'done'));
    const starts = async (limit?: number) => (await reader.runs(limit)).map(({ startedAt }) => startedAt);
    const all = [4, 3, 2, 1, 0].map((minute) => started(minute, 'daily').startedAt);
    assert.deepEqual(await starts(), all);
    assert.deepEqual(await starts(2), all.slice(0, 2));
    assert.deepEqual(await starts(0), []);
    assert.deepEqual(await starts(99), all);
  });

  trial(
    'whoever begins marks what never ended as died, and ids are never given twice',
    async (log, reader) => {
      const ids = [await log.begin(started(0, 'daily'))];
      await log.note(started(1, 'weekly'), ended(1, 'locked'));
      assert.deepEqual(await outcomes(reader), ['locked', null], 'a missed run leaves the running one');
      ids.push(await log.begin(started(2, 'daily')));
      assert.deepEqual(await outcomes(reader), [null, 'locked', 'died']);
      await log.end(ids[1]!, ended(3, 'done'));
      ids.push(await log.begin(started(4, 'daily')));
      assert.deepEqual(await outcomes(reader), [null, 'done', 'locked', 'died']);
      assert.equal(new Set(ids).size, ids.length);
      const [died] = (await reader.runs()).slice(-1);
      const { outcome, records, remaining, tables } = died!.end!;
      assert.deepEqual({ outcome, records, remaining, tables }, {
        ...{ outcome: 'died', records: 0, remaining: null, tables: [] },
      } as const);
    },
  );

  trial('a run that was taken for dead can still write how it ended', async (log, reader) => {
    const first = await log.begin(started(0, 'daily'));
    await log.begin(started(1, 'daily'));
    await log.end(first, ended(2, 'done'));
    assert.deepEqual(await outcomes(reader), [null, 'done']);
  });

  trial('the end of a run that is not in the history is an error', async (log, reader) => {
    await assert.rejects(log.end(7, ended(0, 'done')), isError('not_found'));
    const id = await log.begin(started(0, 'daily'));
    await assert.rejects(log.end(id + 1, ended(0, 'done')), isError('not_found'));
    assert.deepEqual(await outcomes(reader), [null]);
  });

  trial(
    'the last pause stands until somebody resumes, with or without an end and a reason',
    async (log, reader) => {
      const since = new Date(NOW).toISOString();
      for (const pause of [
        { since, until: null, reason: null },
        { since, until: null, reason: "it's moving" },
        { since, until: new Date(NOW + 1).toISOString(), reason: '' },
      ]) {
        await log.setPause(pause);
        assert.deepEqual(await reader.pause(), pause);
      }
      await log.setPause(null);
      await log.setPause(null);
      assert.equal(await reader.pause(), null);
    },
  );

  trial(
    'a database that stays locked is unavailable, and nothing of the write is left',
    async (log, reader, place) => {
      await log.note(started(0, 'daily'), ended(0, 'done'));
      {
        using _lock = place.application.lock();
        await assert.rejects(log.note(started(1, 'daily'), ended(1, 'done')), isError('unavailable'));
        assert.equal((await reader.runs()).length, 1, 'whoever reads does not wait');
      }
      await log.note(started(2, 'daily'), ended(2, 'done'));
      assert.equal((await reader.runs()).length, 2);
    },
  );
}

async function outcomes(reader: RunLogReader): Promise<(string | null)[]> {
  return (await reader.runs()).map(({ end }) => end?.outcome ?? null);
}

function started(minute: number, job: JobName): RunStart {
  const startedAt = new Date(NOW + minute * 60_000).toISOString();
  return { command: `job --mode ${job}`, jobs: [job], reason: 'test', startedAt };
}

function ended(minute: number, outcome: RunEnd['outcome'], message: string | null = null): RunEnd {
  const endedAt = new Date(NOW + minute * 60_000).toISOString();
  return { endedAt, durationMs: 5, outcome, records: 0, remaining: null, tables: [], message };
}
