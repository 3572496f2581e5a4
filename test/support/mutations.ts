/** A deliberate breakage of the sources, and the tests that must go red for it. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** A test file, and what the names of the tests to run in it match. */
  readonly test: string;
  readonly pattern: string;
}

const STOPS = 'test/scenario/stops/archive-stops.test.ts';
const CUTS = 'test/scenario/stops/power-cuts.test.ts';
const CLEANUP = 'test/scenario/stops/cleanup-stops.test.ts';

/** The first two are tried on every run of the tests, the others by `npm run mutate:named`. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'rows are deleted before their segment has its name',
    file: 'src/lifecycle/archive/sealing.ts',
    find: '      await copy.publish();\n',
    replace:
      '      await store.drain((await store.shape(table))!, segment, copy.receipt.archivedAt, copy.units.slice(0, 1));\n      await copy.publish();\n',
    ...{ test: STOPS, pattern: 'may be killed between any two' },
  },
  {
    name: 'rows are deleted without being compared with what was copied',
    file: 'src/hot/sqlite/drain/drain-rows.ts',
    find: "const agreed = rows === unit.rows && hash('sha256', lines, 'buffer').equals(unit.digest);",
    replace: "hash('sha256', lines, 'buffer');\n    const agreed = rows === unit.rows;",
    ...{ test: STOPS, pattern: 'while others change and delete' },
  },
  {
    name: 'the sealing record comes after the file has its name',
    file: 'src/lifecycle/archive/sealing.ts',
    find: '      await store.ledger.insert([copy.receipt]);\n      await copy.publish();\n',
    replace: '      await copy.publish();\n      await store.ledger.insert([copy.receipt]);\n',
    ...{ test: STOPS, pattern: 'while others change and delete' },
  },
  {
    name: 'the position moves in a transaction before that of the deletion',
    file: 'src/hot/sqlite/sqlite-store.ts',
    find: '        const agreed = units.slice(0, handled);\n',
    replace:
      "        const agreed = units.slice(0, handled);\n        advanceReceipt(connection, segment, endOf(agreed.at(-1)!), NOTHING);\n        db.exec('COMMIT; BEGIN IMMEDIATE');\n",
    ...{
      test: 'test/scenario/hostile/hostile-triggers.test.ts',
      pattern: 'a deletion that a trigger refuses',
    },
  },
  {
    name: 'the count of deleted rows is not checked',
    file: 'src/hot/sqlite/drain/require-all.ts',
    find: '  if (deleted === expected) return;\n',
    replace: '  if (deleted <= expected) return;\n',
    ...{ test: 'test/hazards/13-14-15-16-databases.test.ts', pattern: 'hazard 15' },
  },
  {
    name: 'files are not synced before they get their name',
    file: 'src/archive/folder/pending.ts',
    find: 'await this.#attempt(SYNC, () => this.#handle.sync());',
    replace: 'await this.#attempt(SYNC, async () => {});',
    ...{ test: CUTS, pattern: 'its last commits' },
  },
  {
    name: 'folders are not synced after a file got its name',
    file: 'src/archive/folder/naming.ts',
    find: '  await tree.sync(parentOf(to));\n  await tree.fs.unlink(tree.absolute(from));\n',
    replace: '  await tree.fs.unlink(tree.absolute(from));\n',
    ...{ test: CUTS, pattern: 'its last commits' },
  },
  {
    name: 'a file that a killed run named is trusted without being made durable',
    file: 'src/lifecycle/reconcile/adopt.ts',
    find: "  const receipt = (await context.store.ledger.receipt(segment))!;\n  await using stored = (await openStored(archive, segment, 'any'))!;\n  await archive.settle(stored.path);\n",
    replace:
      "  const receipt = (await context.store.ledger.receipt(segment))!;\n  await using stored = (await openStored(archive, segment, 'any'))!;\n",
    ...{ test: CUTS, pattern: 'a file that a killed run named' },
  },
  {
    name: 'a receipt that a killed run left is trusted without being made durable',
    file: 'src/lifecycle/reconcile/discard.ts',
    find: '    await ledger.confirm([receipt]);\n',
    replace: '',
    ...{ test: 'test/scenario/stops/cleanup-kills.test.ts', pattern: 'not yet durable' },
  },
  {
    name: 'lines whose rows changed meanwhile stay in the archive',
    file: 'src/lifecycle/segments/finish.ts',
    find: '(_line, position) => !stale.has(position)',
    replace: '() => stale.size > 0',
    ...{ test: STOPS, pattern: 'while others change and delete' },
  },
  {
    name: 'an unfinished rewrite is adopted beside its whole original',
    file: 'src/lifecycle/reconcile/reconcile-judge.ts',
    find: '  if (replaces !== null && isWhole(',
    replace: "  if (replaces === '' && isWhole(",
    ...{ test: STOPS, pattern: 'while others change and delete' },
  },
  {
    name: 'a drain that was cut short is declared finished',
    file: 'src/lifecycle/reconcile/reconcile-judge.ts',
    find: "  if (state === 'draining')\n    return step(\n      'resume',",
    replace: "  if (state === 'draining')\n    return step(\n      'foreign',",
    ...{ test: STOPS, pattern: 'may be killed between any two' },
  },
  {
    name: 'warm files go before the bundle has its name',
    file: 'src/lifecycle/cleanup/consolidate.ts',
    find: '    await next.swap();\n',
    replace:
      '    for (const { segment } of add) await archive.remove(warmPath(segment));\n    await next.swap();\n',
    ...{ test: CLEANUP, pattern: 'into a new bundle' },
  },
  {
    name: 'purged bytes go before their tombstone',
    file: 'src/lifecycle/cleanup/purge.ts',
    find: '  await run.ledger.move(due.map((from) => ({ from, to: tombstone(run, from) })));\n  for (const { segment } of due) await run.archive.remove(warmPath(segment));\n',
    replace:
      '  for (const { segment } of due) await run.archive.remove(warmPath(segment));\n  await run.ledger.move(due.map((from) => ({ from, to: tombstone(run, from) })));\n',
    ...{ test: CLEANUP, pattern: 'straight from warm' },
  },
  {
    name: 'a file takes the place of the one that has its name',
    file: 'src/archive/folder/naming.ts',
    find: '    await tree.fs.link(tree.absolute(from), tree.absolute(to));\n',
    replace: '    await tree.fs.rename(tree.absolute(from), tree.absolute(to));\n    return true;\n',
    ...{ test: 'test/archive/folder.test.ts', pattern: '.' },
  },
  {
    name: 'the seal is not compared when a segment is read back',
    file: 'src/format/segment/prove.ts',
    find: "  if (seal.digest('hex') !== tail.digest) throw brokenSeal(path);\n  return footer;",
    replace: "  if (seal.digest('hex') === '') throw brokenSeal(path);\n  return footer;",
    ...{ test: 'test/scenario/hostile/flipped-bytes.test.ts', pattern: '.' },
  },
  {
    name: 'a zstd frame is not looked at before it is decompressed',
    file: 'src/format/framing/inflate.ts',
    find: 'dataFrameLength(bytes, size) === bytes.length',
    replace: 'dataFrameLength(bytes, size) !== 0',
    ...{ test: 'test/format/zstd-frames.test.ts', pattern: 'would hide damage' },
  },
  {
    name: 'runs take no lock',
    file: 'src/stores/open-sessions.ts',
    find: "  const { holder } = opened.use(await hot.lock('lock', { command, since }));\n  // Two databases may name one archive.\n  opened.use(await archive.lock(holder));\n",
    replace: '  void command;\n  void since;\n',
    ...{ test: 'test/scenario/stops/processes.test.ts', pattern: 'of three runs' },
  },
  {
    name: 'any archive is taken for the own one',
    file: 'src/lifecycle/begin/pairing.ts',
    find: '  if (!adopt) await requirePairable(ledger, archive);\n',
    replace: '  void requirePairable;\n',
    ...{ test: 'test/lifecycle/reconcile/pairing.test.ts', pattern: 'another database is refused' },
  },
  {
    name: 'the end of a lease forgets where its batch began',
    file: 'src/lifecycle/archive/lease-end.ts',
    find: 'changed.set(first + at, batch[at]!)',
    replace: 'changed.set(at, batch[at]!)',
    ...{ test: 'test/lookup/restore/leases-of-many-rows.test.ts', pattern: 'exactly the old lines' },
  },
  {
    name: 'the end of one lease ends every lease of its segment',
    file: 'src/hot/sqlite/restore/sqlite-rows.ts',
    find: 'WHERE "table" = ? AND segment = ? AND until <= ?',
    replace: 'WHERE "table" = ? AND segment = ? AND ? > 0',
    ...{ test: 'test/lookup/restore/leases-of-many-rows.test.ts', pattern: 'the later leases' },
  },
  {
    name: 'present rows give way to the version that was archived first',
    file: 'src/lookup/restore/restore-rows.ts',
    find: 'newestFirst: !options.overwrite,',
    replace: 'newestFirst: true,',
    ...{ test: 'test/lookup/restore/restore-versions.test.ts', pattern: '.' },
  },
  {
    name: 'without --overwrite the version that was archived first is restored',
    file: 'src/lookup/restore/restore-rows.ts',
    find: 'newestFirst: !options.overwrite,',
    replace: 'newestFirst: false,',
    ...{ test: 'test/lookup/restore/restore-versions.test.ts', pattern: 'with and without' },
  },
  {
    name: 'Bloom filters are asked for the one way to write a number',
    file: 'src/format/match/candidate-blocks.ts',
    find: "values: op === '=' ? keyTexts(value) : null",
    replace: "values: op === '=' ? [value] : null",
    ...{ test: 'test/lifecycle/cleanup/holds-of-many-rows.test.ts', pattern: 'a number however' },
  },
  {
    name: 'a segment is held when a row satisfies one of two conditions',
    file: 'src/format/match/line-match.ts',
    find: 'where.every((condition) => holds',
    replace: 'where.some((condition) => holds',
    ...{ test: 'test/lifecycle/cleanup/holds-of-many-rows.test.ts', pattern: 'two conditions' },
  },
  {
    name: 'a row is held when it satisfies one of two conditions',
    file: 'src/hot/sqlite/sql/due-sql.ts',
    find: "return join(pieces, ' AND ', '1');",
    replace: "return join(pieces, ' OR ', '1');",
    ...{ test: 'test/lifecycle/cleanup/holds-of-many-rows.test.ts', pattern: 'two conditions' },
  },
  {
    name: 'erased bytes stay in the free pages of the database',
    file: 'src/hot/sqlite/restore/sqlite-rows.ts',
    find: "db.exec('PRAGMA secure_delete = ON');",
    replace: "db.exec('PRAGMA secure_delete = OFF');",
    ...{ test: 'test/operate/jobs/erase-traces.test.ts', pattern: 'the database file' },
  },
  {
    name: 'an erasure leaves the leases of its rows behind',
    file: 'src/hot/sqlite/restore/sqlite-rows.ts',
    find: ' AND key IN (SELECT lease FROM temp._firn_erased)',
    replace: ' AND key IN (SELECT lease FROM temp._firn_erased WHERE 0)',
    ...{ test: 'test/operate/jobs/erase-traces.test.ts', pattern: 'an ordinary row' },
  },
  {
    name: 'an archive of bundles alone is taken for an unused one',
    file: 'src/archive/listed-files.ts',
    find: "folder === 'warm' || folder === 'cold'",
    replace: "folder === 'warm'",
    ...{ test: 'test/lifecycle/reconcile/pairing.test.ts', pattern: 'only bundles' },
  },
  {
    name: 'an erasure removes the bytes of a whole segment before its receipt says so',
    file: 'src/lifecycle/segments/rewrite.ts',
    find: '  await ledger.move([{ from: old, to }], created);\n',
    replace:
      "  if (successor === null && old.tier === 'warm') await archive.remove(warmPath(old.segment));\n  await ledger.move([{ from: old, to }], created);\n",
    ...{ test: 'test/scenario/stops/restore-stops.test.ts', pattern: 'whole segments' },
  },
  {
    name: 'absent rows of earlier batches are forgotten',
    file: 'src/hot/sqlite/ledger/receipts.ts',
    find: 'absent = absent + ?',
    replace: 'absent = ?',
    ...{ test: 'test/lifecycle/archive/absent-rows.test.ts', pattern: '.' },
  },
  {
    name: 'the hook does not hear of a run that was partly done',
    file: 'src/operate/alarms/job-alarms.ts',
    find: "'partly', ",
    replace: '',
    ...{ test: 'test/operate/jobs/hooks.test.ts', pattern: 'hears of failed runs' },
  },
  {
    name: 'a table that cannot be read does not count for --check',
    file: 'src/lifecycle/report/tier-report.ts',
    find: 'unreadable.length > 0 || ',
    replace: '',
    ...{ test: 'test/cli/retention/retention-status.test.ts', pattern: 'cannot be read' },
  },
  {
    name: 'blocks come in the order of their first rows when the newest are wanted first',
    file: 'src/lookup/read/block-walk.ts',
    find: 'this.#newestFirst ? -maxTime : minTime',
    replace: 'this.#newestFirst ? -minTime : minTime',
    ...{ test: 'test/lookup/read/order-of-many-blocks.test.ts', pattern: '.' },
  },
  {
    name: 'S3: what is being sent is not written down before it is sent',
    file: 'src/archive/s3/writing/publish-object.ts',
    find: '  await file.begin(upload);\n',
    replace: '',
    ...{ test: 'test/scenario/stops/s3-kills.test.ts', pattern: 'request of a killed cleanup' },
  },
  {
    name: 'S3: the bundle that was replaced stays',
    file: 'src/archive/s3/writing/publish-object.ts',
    find: '    await this.#parts.remover.remove(present.key);\n',
    replace: '',
    ...{ test: 'test/scenario/stops/s3-kills.test.ts', pattern: 'adding to a bundle' },
  },
  {
    name: 'S3: a new object may take the place of another one',
    file: 'src/archive/s3/objects/put-object.ts',
    find: 'const create = isTrusted ? bucket.conditions.create : {};',
    replace: 'const create = isTrusted ? {} : {};',
    ...{ test: 'test/scenario/stops/s3-kills.test.ts', pattern: 'adding to a bundle' },
  },
  {
    name: 'S3: what the spool has is never sent again',
    file: 'src/lifecycle/begin/begin-run.ts',
    find: 'await sweepLeftovers(archive);',
    replace: '[] as Reconciled[];',
    ...{ test: 'test/scenario/stops/s3-erasure.test.ts', pattern: '.' },
  },
  {
    name: 'tiers: files are taken in while the location of cold is away',
    file: 'src/lifecycle/reconcile/plan-reconcile.ts',
    find: '  if (!NEEDS_COLD.has(planned.action)) return planned;\n',
    replace: '  if (NEEDS_COLD.size > 0) return planned;\n',
    ...{ test: 'test/lifecycle/reconcile/reconcile-plan.test.ts', pattern: 'away' },
  },
  {
    name: 'tiers: a missing disk is taken for a new one',
    file: 'src/archive/tiered/tier-presence.ts',
    find: '  if (missing === 0 && before !== cold.location) return null;\n',
    replace: '  if (missing >= 0) return null;\n',
    ...{ test: 'test/scenario/tiers/away.test.ts', pattern: 'with the cold disk away' },
  },
  {
    name: 'tiers: an older database archives without the bundles',
    file: 'src/lifecycle/begin/begin-run.ts',
    find: '  await requireAllNames(store.ledger, archive);\n',
    replace: '  void requireAllNames;\n',
    ...{ test: 'test/scenario/tiers/away.test.ts', pattern: 'older than the archive' },
  },
  {
    name: 'tiers: a bundle is written where the disk was mounted',
    file: 'src/archive/tiered/tiered-archive.ts',
    find: '!(await isMarked(this.#cold))) this.#coldAway = null;',
    replace: 'false) this.#coldAway = null;',
    ...{ test: 'test/archive/tiered.test.ts', pattern: 'goes away while it is open' },
  },
  {
    name: 'index: a file that the ledger does not vouch for is believed',
    file: 'src/archive/index/lookup-index-file.ts',
    find: "hash('sha256', bytes, 'hex') === digest ?",
    replace: "hash('sha256', bytes, 'hex') !== '' ?",
    ...{ test: 'test/lookup/read/foretold.test.ts', pattern: 'changes no answer' },
  },
  {
    name: 'index: a segment whose file is another one is passed over',
    file: 'src/lookup/read/foretold.ts',
    find: '  return now?.path === path && now.bytes === bytes && (now.modifiedMs ?? null) === modifiedMs;\n',
    replace: '  return [now, path, bytes, modifiedMs].length > 0;\n',
    ...{ test: 'test/lookup/read/foretold.test.ts', pattern: 'is told although' },
  },
];
