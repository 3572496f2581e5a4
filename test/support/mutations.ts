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

const STOPS = 'test/scenario/archive-stops.test.ts';
const CUTS = 'test/scenario/power-cuts.test.ts';
const CLEANUP = 'test/scenario/cleanup-stops.test.ts';

/** The first two are tried on every run of the tests, the others by `npm run mutate`. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'rows are deleted before their segment has its name',
    file: 'src/lifecycle/archive.ts',
    find: '    await copy.publish();\n',
    replace:
      '    await store.drain(shape, segment, archivedAt, copy.units.slice(0, 1));\n    await copy.publish();\n',
    ...{ test: STOPS, pattern: 'may be killed between any two' },
  },
  {
    name: 'rows are deleted without being compared with what was copied',
    file: 'src/hot/sqlite/drain.ts',
    find: "const agreed = rows === unit.rows && hash('sha256', lines, 'buffer').equals(unit.digest);",
    replace: "hash('sha256', lines, 'buffer');\n    const agreed = rows === unit.rows;",
    ...{ test: STOPS, pattern: 'while others change and delete' },
  },
  {
    name: 'the sealing record comes after the file has its name',
    file: 'src/lifecycle/archive.ts',
    find: '    await store.ledger.insert([receipt]);\n    await copy.publish();\n',
    replace: '    await copy.publish();\n    await store.ledger.insert([receipt]);\n',
    ...{ test: STOPS, pattern: 'while others change and delete' },
  },
  {
    name: 'the position moves in a transaction before that of the deletion',
    file: 'src/hot/sqlite/sqlite-store.ts',
    find: '        requireAll(shape.table, drain.delete(agreed), expected);\n        const done = { deleted: expected, changed: [], absent: 0 };\n        advanceReceipt(connection, segment, endOf(agreed.at(-1)!), done);\n',
    replace:
      "        const done = { deleted: expected, changed: [], absent: 0 };\n        advanceReceipt(connection, segment, endOf(agreed.at(-1)!), done);\n        db.exec('COMMIT; BEGIN IMMEDIATE');\n        requireAll(shape.table, drain.delete(agreed), expected);\n",
    ...{ test: 'test/scenario/hostile-triggers.test.ts', pattern: 'a deletion that a trigger refuses' },
  },
  {
    name: 'the count of deleted rows is not checked',
    file: 'src/hot/sqlite/sqlite-store.ts',
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
    file: 'src/lifecycle/reconcile.ts',
    find: "  const receipt = (await context.store.ledger.receipt(segment))!;\n  await using stored = (await openStored(archive, segment, 'any'))!;\n  await archive.settle(stored.path);\n",
    replace:
      "  const receipt = (await context.store.ledger.receipt(segment))!;\n  await using stored = (await openStored(archive, segment, 'any'))!;\n",
    ...{ test: CUTS, pattern: 'a file that a killed run named' },
  },
  {
    name: 'a receipt that a killed run left is trusted without being made durable',
    file: 'src/lifecycle/reconcile.ts',
    find: "  if (receipt !== null && receipt.state !== 'archived') await ledger.confirm([receipt]);\n",
    replace: '',
    ...{ test: 'test/scenario/cleanup-kills.test.ts', pattern: 'not yet durable' },
  },
  {
    name: 'lines whose rows changed meanwhile stay in the archive',
    file: 'src/lifecycle/finish.ts',
    find: '(_line, position) => !stale.has(position)',
    replace: '() => stale.size > 0',
    ...{ test: STOPS, pattern: 'while others change and delete' },
  },
  {
    name: 'an unfinished rewrite is adopted beside its whole original',
    file: 'src/lifecycle/reconcile-plan.ts',
    find: "    (state === 'sealing' || state === 'draining' || state === 'archived') &&\n",
    replace: "    state === 'purged' &&\n",
    ...{ test: STOPS, pattern: 'while others change and delete' },
  },
  {
    name: 'a drain that was cut short is declared finished',
    file: 'src/lifecycle/reconcile-plan.ts',
    find: "  if (state === 'draining')\n    return step('resume',",
    replace: "  if (state === 'draining')\n    return step('foreign',",
    ...{ test: STOPS, pattern: 'may be killed between any two' },
  },
  {
    name: 'warm files go before the bundle has its name',
    file: 'src/lifecycle/consolidate.ts',
    find: '    await next.swap();\n',
    replace:
      '    for (const { segment } of add) await archive.remove(warmPath(segment));\n    await next.swap();\n',
    ...{ test: CLEANUP, pattern: 'into a new bundle' },
  },
  {
    name: 'purged bytes go before their tombstone',
    file: 'src/lifecycle/purge.ts',
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
    file: 'src/format/prove.ts',
    find: "  if (seal.digest('hex') !== tail.digest) throw brokenSeal(path);\n  return footer;",
    replace: "  if (seal.digest('hex') === '') throw brokenSeal(path);\n  return footer;",
    ...{ test: 'test/scenario/flipped-bytes.test.ts', pattern: '.' },
  },
  {
    name: 'runs take no lock',
    file: 'src/open.ts',
    find: '  opened.use(await acquireRunLock(config.database, { command, since: new Date(clock.now()).toISOString() }));\n',
    replace: '  void acquireRunLock;\n  void command;\n',
    ...{ test: 'test/scenario/processes.test.ts', pattern: 'of three runs' },
  },
  {
    name: 'any archive is taken for the own one',
    file: 'src/lifecycle/pairing.ts',
    find: '  if (!adopt) throw refused(archive);\n',
    replace: '  void refused;\n',
    ...{ test: 'test/lifecycle/pairing.test.ts', pattern: 'another database is refused' },
  },
];
