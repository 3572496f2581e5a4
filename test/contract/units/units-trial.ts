import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { splitLines } from '../../../src/format/line/line.ts';
import { withoutTime } from '../../../src/format/line/line-content.ts';
import type {
  BoundTable,
  DrainUnit,
  DueRule,
  HotReader,
  HotStore,
  LinesTogether,
  RowBlock,
  Together,
} from '../../../src/hot/hot-store.ts';
import { cutLocators } from '../../../src/hot/locators.ts';
import type { Reference, TableShape } from '../../../src/model/shape.ts';
import { AT, ruleOf } from '../../hot/hot-trial.ts';
import { receiptOf } from '../../support/archives/receipts.ts';
import { type DeclaredRow, type DeclaredTable, declaredTable, type HotPlace } from '../hot-place.ts';

export const DAY = '2026-01-20';
export const BOOKMARK: Reference = {
  ...{ table: 'bookmark', columns: ['message'], parent: 'message', parentColumns: ['id'] },
};
export const MESSAGE: Reference = {
  ...{ table: 'message', columns: ['session'], parent: 'session', parentColumns: ['id'] },
};

/** Nine due sessions of one day with two messages each, a session that is young and one that is open, and a message of nobody. */
export function unitTables(bookmarks: readonly DeclaredRow[] = []): DeclaredTable[] {
  const due = Array.from({ length: 9 }, (_, at) => `s${at}`);
  const session = (id: string, ts: string, state = 'done'): DeclaredRow => [id, ts, state, `note ${id}`];
  const message = (of: string, at: number): DeclaredRow => [`${of} m${at}`, of, 'done', `note ${at}`];
  const columns = (names: readonly string[]) => names.map((name) => ({ name, type: 'text' as const }));
  const { table: _, ...toSession } = MESSAGE;
  const { table: __, ...toMessage } = BOOKMARK;
  return [
    declaredTable(
      [
        ...due.map((id) => session(id, `${DAY}T10:00:00Z`)),
        ...[session('young', '2026-02-10T00:00:00Z'), session('open', `${DAY}T11:00:00Z`, 'open')],
      ],
      { name: 'session' },
    ),
    {
      ...{ name: 'message', columns: columns(['id', 'session', 'state', 'note']), key: ['id'] },
      ...{ indexes: [['session']], references: [toSession] },
      rows: [...due, 'young', 'open', 'nobody'].flatMap((of) => [message(of, 0), message(of, 1)]),
    },
    {
      ...{ name: 'bookmark', columns: columns(['id', 'message']), key: ['id'], references: [toMessage] },
      rows: bookmarks,
    },
  ];
}

/** Sessions with their messages, as a run knows them. */
export async function boundOf(
  reader: Pick<HotReader, 'shape'>,
): Promise<{ readonly session: BoundTable; readonly message: BoundTable }> {
  const { policy, ...rule } = ruleOf();
  const [session, message] = [await reader.shape('session'), await reader.shape('message')];
  assert.ok(session !== null && message !== null);
  const by = { parent: 'session', by: ['session'] };
  const timeOf = { table: 'session', by: ['session'], key: ['id'], timeColumn: 'ts' };
  const sessionRule: DueRule = { ...rule, policy: { ...policy, table: 'session' } };
  const child = { ...policy, table: 'message', with: by, timeColumn: '_time' };
  return {
    session: { shape: session, rule: sessionRule, root: 'session' },
    message: { shape: { ...message, timeOf }, rule: { ...rule, policy: child }, root: 'session' },
  };
}

export async function blocksOf(
  reader: HotReader,
  { shape, rule }: BoundTable,
  units: Parameters<HotReader['blocks']>[5],
): Promise<RowBlock[]> {
  const blocks: RowBlock[] = [];
  for await (const block of reader.blocks(shape, rule, DAY, AT, 1 << 20, units)) blocks.push(block);
  return blocks;
}

/** Rows of the due sessions as they are drained: messages before sessions, each row a unit of its own. */
export interface SealedUnits {
  readonly shapes: readonly TableShape[];
  readonly together: readonly Together[];
  readonly lines: readonly LinesTogether[];
}

export async function sealUnits(reader: HotReader, store: HotStore): Promise<SealedUnits> {
  const { session, message } = await boundOf(reader);
  await reader.surveyBound({ tables: [session, message], references: [] });
  const together: Together[] = [];
  const lines: LinesTogether[] = [];
  for (const table of [message, session]) {
    const { shape } = table;
    const [block] = await blocksOf(reader, table, undefined);
    const own = splitLines(block!.lines).map((line) => Uint8Array.from(line));
    const units: DrainUnit[] = own.map((line, at) => ({
      ...{ first: at, rows: 1, locators: cutLocators(block!.locators, at, 1) },
      digest: hash('sha256', withoutTime(Buffer.from(line)), 'buffer'),
    }));
    const segment = `${DAY}/${shape.table}.jsonl.gz`;
    const receipt = { state: 'sealing', position: 0, deleted: 0, rows: own.length } as const;
    await store.ledger.insert([receiptOf(segment, receipt)], 'together');
    together.push({ shape, segment, archivedAt: AT, units });
    lines.push({ shape, segment, archivedAt: AT, first: 0, lines: own, units: block!.units! });
  }
  return { shapes: [message.shape, session.shape], together, lines };
}

export async function openUnits(
  place: HotPlace,
): Promise<{ readonly reader: HotReader; readonly store: HotStore } & AsyncDisposable> {
  const reader = await place.backend.reader();
  const store = await place.backend.store({ allowsTriggers: () => false });
  return {
    ...{ reader, store },
    [Symbol.asyncDispose]: async () => {
      await reader[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
