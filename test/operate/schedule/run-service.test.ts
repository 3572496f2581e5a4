import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../../src/config/load.ts';
import { readTextFile } from '../../../src/config/text-file.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { runService, type ServiceEvent } from '../../../src/operate/service/run-service.ts';
import { storesOf } from '../../../src/stores/stores-of.ts';
import { systemClock } from '../../../src/stores/system-clock.ts';
import { createIdeas } from '../../cli/ideas.ts';

test('whoever watches is told all through a job that the scheduler lives', async (t) => {
  const { folder, database } = createIdeas(t);
  const config = loadConfig({
    flags: { dbPath: database, archivePath: join(folder, 'archives') },
    env: {},
    cwd: folder,
    readFile: readTextFile,
  });
  // Fifteen seconds pass in five milliseconds.
  const clock: Clock = { ...systemClock, sleep: () => delay(5) };
  const stop = new AbortController();
  const events: ServiceEvent['event'][] = [];
  const tell = async (event: ServiceEvent): Promise<void> => {
    events.push(event.event);
    if (event.event === 'ended') stop.abort();
  };
  await runService(storesOf(config, clock), { signal: stop.signal, tell });
  const job = events.slice(events.indexOf('started') + 1, events.indexOf('ended'));
  assert.ok(job.filter((event) => event === 'turn').length > 1, job.join(' '));
});
