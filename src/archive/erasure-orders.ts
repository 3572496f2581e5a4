import { type AmongJson, amongJson, type ErasureOrder } from '../model/erasure.ts';
import type { Condition } from '../model/filter.ts';
import { asInstant } from '../model/instant.ts';
import type { ArchiveStore } from './archive-store.ts';
import { readRecords, writeRecord } from './records.ts';

/** Of orders by conditions, and of those with a list of values. */
const [PLAIN, LISTED] = [1, 2];
const OPERATORS: readonly Condition['op'][] = ['=', '!=', '<', '<=', '>', '>=', '~'];

/** The orders of an archive, and the records that cannot be understood. */
export interface ErasureOrders {
  readonly orders: readonly ErasureOrder[];
  readonly problems: readonly { readonly path: string; readonly why: string }[];
}

/** Writes an order, durable when this returns. The same order again is the same record. */
export async function writeErasureOrder(archive: ArchiveStore, order: ErasureOrder): Promise<void> {
  const { table, where, since, until, among, erasedAt } = order;
  await writeRecord(archive, 'erasures', erasedAt, {
    ...{ format: among === undefined ? PLAIN : LISTED, table, where, since, until },
    ...(among === undefined ? {} : { among: amongJson(among) }),
    erased_at: erasedAt,
  });
}

export async function readErasureOrders(archive: ArchiveStore): Promise<ErasureOrders> {
  const { records, damaged } = await readRecords(archive, 'erasures');
  const orders: ErasureOrder[] = [];
  const problems = damaged.map(({ path, why }) => ({ path, why: `the erasure record is damaged: ${why}` }));
  for (const { path, value } of records) {
    const order = asOrder(value);
    if (order !== null) orders.push(order);
    else problems.push({ path, why: 'this version of Firn cannot read the erasure record' });
  }
  return { orders, problems };
}

function asOrder(value: unknown): ErasureOrder | null {
  if (typeof value !== 'object' || value === null) return null;
  const record = value as Readonly<Record<string, unknown>>;
  const { format, table, where, since, until, among, erased_at } = record;
  const isListed = format === LISTED;
  if ((format !== PLAIN && !isListed) || typeof table !== 'string' || !isTime(erased_at)) return null;
  if (!isBound(since) || !isBound(until)) return null;
  if (!Array.isArray(where) || !where.every(isCondition)) return null;
  if (isListed ? !isList(among) : where.length === 0) return null;
  return {
    ...(isListed && isList(among) ? { among: { ...among, values: new Set(among.values) } } : {}),
    ...{ table, since: asInstant(since), until: asInstant(until), erasedAt: erased_at },
    where: where.map(({ column, op, value: text }) => ({ column, op, value: text })),
  };
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && Number.isFinite(Date.parse(value));
}

function isBound(value: unknown): value is number | null {
  return value === null || Number.isSafeInteger(value);
}

function isList(value: unknown): value is AmongJson {
  if (typeof value !== 'object' || value === null) return false;
  const { column, values } = value as Partial<Record<keyof AmongJson, unknown>>;
  return (
    typeof column === 'string' && Array.isArray(values) && values.every((one) => typeof one === 'string')
  );
}

function isCondition(value: unknown): value is Condition {
  if (typeof value !== 'object' || value === null) return false;
  const { column, op, value: text } = value as Partial<Record<keyof Condition, unknown>>;
  return typeof column === 'string' && typeof text === 'string' && OPERATORS.some((own) => own === op);
}
