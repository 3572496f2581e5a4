import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interleave } from '../../support/actor/interleave.ts';

const thorough = process.env.FIRN_THOROUGH === '1';

test('whatever the application does to its database between two actions of a command, every row stays in one place', async (t) => {
  const made = await interleave({ sample: thorough ? null : 120, seed: 1 });
  const { tried, killed, refused, byCommand } = made;
  t.diagnostic(
    `${t.name}: ${tried} interleavings, ${killed} of them after a kill; SQLite refused ${refused}`,
  );
  for (const [command, count] of byCommand) t.diagnostic(`  ${command}: ${count}`);
  assert.ok(tried >= 120 && killed > tried / 4 && refused < tried / 4);
});

test('VACUUM, or a copy of the file, at any action of a command that meets leased rows without a key leaves every row in one place', async (t) => {
  const { tried, killed, byCommand } = await interleave({
    sample: thorough ? null : 60,
    seed: 2,
    wanted: (start, kind, deed) => /lease/.test(start) && kind === 'none' && /VACUUM|copy/.test(deed),
  });
  t.diagnostic(`${t.name}: ${tried} interleavings, ${killed} of them after a kill`);
  assert.ok(tried >= 60 && killed > tried / 4 && byCommand.size === 4);
});
