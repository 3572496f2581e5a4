import { TrafficCounter } from '../archive/traffic.ts';
import { lateCopier } from '../copying/late-copier.ts';
import type { HotStore } from '../hot/hot-store.ts';
import { withLake } from '../lake/keep/follow-ledger.ts';
import type { Clock } from '../model/clock.ts';
import { FirnError } from '../model/errors.ts';
import type { Config } from '../model/policy/config.ts';
import { getPolicy } from '../model/policy/policies.ts';
import type { Reading, Writing } from '../operate/stores.ts';
import { datedReader } from './dated-reader.ts';
import { openArchive, openingOptions } from './open-archive.ts';
import { hotBackend } from './open-hot.ts';
import { startCopier } from './start-copier.ts';

export async function openReading(config: Config, clock: Clock, traffic?: TrafficCounter): Promise<Reading> {
  const opened = await hotBackend(config.database, clock).reader();
  const reader = datedReader(opened, config.policies);
  return {
    ...{ config, policies: config.policies, clock, reader },
    archive: openArchive(config.archives, {
      ...openingOptions(config, clock, traffic),
      ledger: () => reader.ledger,
    }),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

export async function openWriting(
  config: Config,
  clock: Clock,
  command: string,
  traffic: TrafficCounter = new TrafficCounter(),
): Promise<Writing> {
  await using opened = new AsyncDisposableStack();
  const since = new Date(clock.now()).toISOString();
  const hot = hotBackend(config.database, clock);
  let ledger: HotStore['ledger'];
  const archive = openArchive(config.archives, {
    ...openingOptions(config, clock),
    ledger: () => ledger,
    traffic,
  });
  const { holder } = opened.use(await hot.lock('lock', { command, since }));
  // Two databases may name one archive.
  opened.use(await archive.lock(holder));
  const allowsTriggers = (table: string): boolean => getPolicy(config.policies, table)?.triggers === 'allow';
  const store = withLake(
    datedReader(opened.use(await hot.store({ allowsTriggers })), config.policies),
    archive,
  );
  ledger = store.ledger;
  if (config.identity !== undefined) await ensureIdentity(store, config.identity);
  const all = opened.move();
  return {
    ...{ config, policies: config.policies, clock, reader: store, store, archive, pace: config.pace },
    lake: config.lake,
    startCopier: async () => all.use(lateCopier(store, () => startCopier(config, traffic))),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Gives a new database the identity that its archives are named by. Another run may have been faster. */
async function ensureIdentity({ ledger }: HotStore, identity: string): Promise<void> {
  const present = await ledger.identity();
  if (present === identity) return;
  if (present === null) return await ledger.identify(identity);
  throw new FirnError('unavailable', 'another run gave the database an identity in the meantime', {
    operation: 'find the archives of the database',
    hint: 'Run again.',
  });
}
