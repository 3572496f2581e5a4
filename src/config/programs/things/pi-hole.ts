import type { ProgramFacts } from '../program-facts.ts';

export const piHole: ProgramFacts = {
  name: 'Pi-hole FTL',
  versions: '5.15 to 6.3',
  recipe: 'pi-hole',
  marks: {
    query_storage: ['timestamp', 'domain', 'client', 'forward', 'reply_type'],
    domain_by_id: ['domain'],
    ftl: ['value'],
  },
  tables: {
    query_storage: {
      ...{ hot: '30d', warm: '90d', cold: '2y', time_column: 'timestamp' },
      lookup_keys: ['domain', 'client'],
    },
  },
  left: {
    message: 'the web interface shows its rows until they are dismissed',
    network: 'it has one row for each device',
    network_addresses: 'it has one row for each address',
  },
  notes: [
    'Keep hot shorter than database.maxDBdays of FTL (91 days by default), which deletes rows.',
    'Archived rows hold numbers of domain_by_id and client_by_id; firn sql joins them with these tables.',
  ],
};
