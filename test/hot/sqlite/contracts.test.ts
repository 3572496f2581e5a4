import { hotLookupContract } from '../../contract/hot-lookup.ts';
import { ledgerContract } from '../../contract/ledger.ts';
import { runLogContract } from '../../contract/run-log.ts';
import { sqlitePlace } from './sqlite-place.ts';

for (const [kind, pragmas] of Object.entries({
  'SQLite with a write-ahead log': 'PRAGMA journal_mode = wal',
  'SQLite with a rollback journal': 'PRAGMA journal_mode = delete',
})) {
  const place = sqlitePlace(pragmas);
  runLogContract(kind, place);
  ledgerContract(kind, place);
  hotLookupContract(kind, place);
}
