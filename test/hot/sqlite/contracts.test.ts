import { readFileSync } from 'node:fs';
import { hotCapabilitiesContract } from '../../contract/hot-capabilities.ts';
import { hotCheckupContract } from '../../contract/hot-checkup.ts';
import { hotDiskContract } from '../../contract/hot-disk.ts';
import { hotLookupContract } from '../../contract/hot-lookup.ts';
import { hotStatsContract } from '../../contract/hot-stats.ts';
import { ledgerContract } from '../../contract/ledger.ts';
import { runLogContract } from '../../contract/run-log.ts';
import { hotUnitsContract } from '../../contract/units/hot-units.ts';
import { unitLeasesContract } from '../../contract/units/unit-leases.ts';
import { sqlitePlace } from './sqlite-place.ts';

const INCREMENTAL = 'PRAGMA auto_vacuum = incremental; PRAGMA journal_mode = wal';

for (const [kind, pragmas] of Object.entries({
  'SQLite with a write-ahead log': 'PRAGMA journal_mode = wal',
  'SQLite with a rollback journal': 'PRAGMA journal_mode = delete',
})) {
  const place = sqlitePlace(pragmas);
  runLogContract(kind, place);
  ledgerContract(kind, place);
  hotLookupContract(kind, place);
  hotStatsContract(kind, place);
  hotDiskContract(kind, place);
  hotCheckupContract(kind, place);
  hotUnitsContract(kind, place);
  unitLeasesContract(kind, place);
  hotCapabilitiesContract(kind, place, ({ backend }) => readFileSync(backend.capabilities.localPath!));
}

hotDiskContract('SQLite with incremental vacuum', sqlitePlace(INCREMENTAL));
