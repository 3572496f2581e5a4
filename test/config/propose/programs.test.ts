import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { judgeTables, type Verdict } from '../../../src/config/propose/judge.ts';
import { PROGRAMS } from '../../support/programs/all.ts';
import { lookAt } from '../../support/programs/look-at.ts';
import { makeProgram, PROGRAM_NOW } from '../../support/programs/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'firn-programs-'));
after(() => rmSync(folder, { recursive: true }));

const PERIODS = [{}, { days: 95, rows: 240 }, { days: 400, rows: 1500 }];

for (const [at, program] of PROGRAMS.entries()) {
  test(`${program.name}: each table is judged by its values`, async (t) => {
    for (const [number, period] of PERIODS.entries()) {
      const path = join(folder, `${at}-${number}.db`);
      makeProgram(program, path, period);
      const { looks, sampler } = await lookAt(path, PROGRAM_NOW);
      const found = judgeTables(looks, sampler.links).map(answer);
      assert.deepEqual(Object.fromEntries(found), program.answers);
    }
    const answers = Object.values(program.answers);
    const timed = answers.filter(([, time]) => time !== null).length;
    t.diagnostic(`${answers.length} tables, ${timed} with a time, which is found for each`);
  });
}

function answer(verdict: Verdict): [table: string, answer: readonly [string, string | null]] {
  const kind = verdict.kind === 'leave' ? verdict.because : verdict.kind;
  return [verdict.look.table, [kind, verdict.time?.name ?? null]];
}
