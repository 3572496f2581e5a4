/**
 * The copying half of a run: due rows are read, compressed, made durable, proven and published; nothing is deleted.
 * Prints how many rows and bytes. Usage: copy-only.ts DATABASE ARCHIVES [COMPRESSION [LEVEL]]
 */
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../src/copying/copy-segments.ts';
import { openSqliteReader } from '../../src/hot/sqlite/open-sqlite.ts';
import { dueRule, surveyAndPlan } from '../../src/lifecycle/archive/survey-tables.ts';
import { instantOfMs } from '../../src/model/instant.ts';
import type { Compression } from '../../src/model/policy/compression.ts';
import { buildPolicySet, getPolicy } from '../../src/model/policy/policies.ts';
import { OBSERVABILITY_POLICIES } from '../../src/model/policy/preset.ts';

const [database, archives, compression = 'gzip', level] = process.argv.slice(2) as [
  string,
  string,
  Compression?,
  string?,
];
const compressionLevel = level === undefined ? {} : { compressionLevel: Number(level) };
const policies = buildPolicySet(
  OBSERVABILITY_POLICIES.map((policy) => ({ ...policy, compression, ...compressionLevel })),
);
const context = { policies, now: instantOfMs(Date.now()), olderThanMs: null, holds: [] };
const reader = await openSqliteReader(database);
await using copier = inlineCopier(reader, openFolder(archives), { ahead: true });
const { plan } = await surveyAndPlan(reader, copier, context, ['tool_uses']);
let [rows, bytes] = [0, 0];
for (const { table, steps } of plan.tables) {
  const shape = (await reader.shape(table))!;
  const rule = dueRule(context, getPolicy(policies, table)!);
  let part = 0;
  const nextPart = async (): Promise<number> => ++part;
  const days = steps.map(({ day }) => day);
  for await (const copy of copier.copy({ shape, rule, days, archivedAt: plan.asOf, nextPart })) {
    await copy.publish();
    rows += copy.receipt.rows;
    bytes += copy.receipt.bytes;
  }
}
console.log(JSON.stringify({ rows, bytes }));
