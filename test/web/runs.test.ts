import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hono } from 'hono';
import type { CommandRunner } from '../../src/web/command-runner.ts';
import type { Site } from '../../src/web/frame/site.ts';
import { serveRunEvents } from '../../src/web/pages/runs/run-events.ts';
import { firn, TEST_NOW } from '../cli/world.ts';
import { archivedFolder, serveFolder, type WebFolder } from '../support/web/web-trial.ts';

let folder: WebFolder;
before(async () => {
  folder = await archivedFolder(200);
});
after(() => folder.remove());

test('the page lists each run with its result, and draws durations from the same runs', async (t) => {
  const { get } = await serveFolder(t, folder);
  const text = await (await get('/runs')).text();
  assert.match(text, /<th scope="row"[^>]*>archive all<\/th><td>daily, weekly<\/td>\s*<td>done<\/td>/);
  assert.match(text, /<th scope="row"[^>]*>cleanup archives<\/th>/);
  assert.match(text, /Nothing runs now/);
  assert.doesNotMatch(text, /data-events/);
  const [, drawn] = /Duration in seconds<\/figcaption><script type="application\/json">(.*?)<\/script>/.exec(
    text,
  )!;
  const { x, series } = JSON.parse(drawn!);
  assert.equal(x.values.length, 2);
  assert.equal(series[0].values.length, 2);
  assert.equal(x.values[0], TEST_NOW / 1000);
});

test('a chosen job lists its runs only, in the page and in its twin', async (t) => {
  const { get } = await serveFolder(t, folder);
  const text = await (await get('/runs?job=monthly')).text();
  assert.match(text, /cleanup archives<\/th>/);
  assert.doesNotMatch(text, /archive all<\/th>/);
  const { runs } = (await (await get('/runs.json?job=monthly')).json()) as { runs: { command: string }[] };
  assert.deepEqual(
    runs.map(({ command }) => command),
    ['cleanup archives'],
  );
});

test('a pause is shown with its reason, as text, and the command that ends it', async (t) => {
  const own = await archivedFolder(50);
  t.after(() => own.remove());
  const { get } = await serveFolder(t, own);
  assert.match(await (await get('/runs')).text(), /<code data-copy>firn [^<]* pause<\/code>/);
  await firn(['pause', '--reason', '<script>alert(1)</script>', ...own.globals], { cwd: own.folder });
  const text = await (await get('/runs')).text();
  assert.match(text, /The jobs are paused<\/strong>: &lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.match(text, /<code data-copy>firn [^<]* resume<\/code>/);
});

test('while something runs its progress is sent again and again, and the last event is the end', async () => {
  const runner = answering([history(true, 10), history(true, 20), history(false, 0)]);
  const text = await (await eventsOf(runner)).text();
  assert.equal(text.match(/^event: part$/gm)?.length, 3);
  assert.match(text, /10 of 40 rows deleted[\s\S]*20 of 40 rows deleted[\s\S]*Nothing runs now/);
  assert.match(text, /event: end\ndata: \n*$/);
});

test('a look that fails keeps the stream alive, and the next look goes on', async () => {
  const text = await (await eventsOf(answering([null, history(false, 0)]))).text();
  assert.match(text, /^: no answer\n\nevent: part\n/);
});

test('no more commands start when the browser has gone', async () => {
  const runner = answering([history(true, 10)]);
  const reader = (await eventsOf(runner)).body!.getReader();
  await reader.read();
  await reader.cancel();
  const started = runner.started();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(runner.started() <= started + 1, `${runner.started()} commands after ${started}`);
});

async function eventsOf(runner: CommandRunner): Promise<Response> {
  const app = new Hono();
  const site: Site = {
    ...{ runner, allowChanges: false, database: 'ideas.db', globals: [] },
    clock: () => new Date(TEST_NOW),
  };
  serveRunEvents(app, site, 5);
  const response = await app.request('/runs/events');
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  return response;
}

/** Answers each command with the next of the answers, and the last one from then on. */
function answering(answers: readonly (object | null)[]): CommandRunner & { started(): number } {
  let started = 0;
  return {
    started: () => started,
    async start() {
      const answer = answers[Math.min(started, answers.length - 1)] ?? null;
      started += 1;
      async function* stdout(): AsyncIterable<Uint8Array> {
        if (answer !== null) yield Buffer.from(JSON.stringify(answer));
      }
      const end = answer === null ? { status: 1, stderr: 'no answer\n' } : { status: 0, stderr: '' };
      return { stdout: stdout(), ended: Promise.resolve(end), cancel: () => undefined };
    },
  };
}

function history(running: boolean, deleted: number): object {
  const run = {
    ...{ id: 1, command: 'archive all', jobs: ['daily'], reason: 'the command line', running },
    ...{
      started_at: '2026-05-31T23:59:00.000Z',
      duration_ms: null,
      outcome: null,
      records: 0,
      message: null,
    },
    ...{ rows_per_second: null, archived: { files: 2, rows: 80, bytes: 4096 } },
    in_progress: [{ segment: 'warm/a.jsonl.gz', state: 'verified', rows: 40, deleted }],
  };
  return { runs: [run] };
}
