import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { judgeTables, type Verdict } from '../../../src/config/propose/judge.ts';
import { makeHeldBack } from '../../support/programs/held-back/held-back.ts';
import { messages } from '../../support/programs/held-back/messages.ts';
import { services } from '../../support/programs/held-back/services.ts';
import { lookAt } from '../../support/programs/look-at.ts';
import { PROGRAM_NOW } from '../../support/programs/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'firn-held-back-'));
after(() => rmSync(folder, { recursive: true }));

for (const [at, held] of [...messages, ...services].entries()) {
  test(`${held.name}: the time of each table is found by its values`, async () => {
    const path = join(folder, `${at}.db`);
    makeHeldBack(held, path);
    const { looks, sampler } = await lookAt(path, PROGRAM_NOW);
    const found = judgeTables(looks, sampler.links).map((verdict) => [verdict.look.table, answer(verdict)]);
    assert.deepEqual(Object.fromEntries(found), held.answers);
  });
}

function answer(verdict: Verdict): string | null {
  if (verdict.kind === 'with') return `with ${verdict.parent}`;
  if (verdict.kind === 'leave' && verdict.because !== 'no_time') return `(${verdict.because})`;
  if (verdict.time === null) return null;
  const { name, format } = verdict.time;
  return format === undefined ? name : `${name} ${format}`;
}
