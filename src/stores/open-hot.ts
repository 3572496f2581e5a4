import type { Clock } from '../model/clock.ts';
import { FirnError } from '../model/errors.ts';
import type { Location } from '../model/location.ts';
import type { HotBackend } from './hot-backend.ts';
import { retryOpening } from './retried-opening.ts';
import { sqliteBackend } from './sqlite-backend.ts';
import { systemClock } from './system-clock.ts';

/** The hot store at a location; nothing is opened yet. Opening is tried again while it is unavailable. */
export function hotBackend(location: Location, clock: Clock = systemClock): HotBackend {
  switch (location.scheme) {
    case 'file':
      return retryOpening(sqliteBackend(location.path), clock);
    case 's3':
      throw new FirnError('config', `${location.text}: a database cannot be on S3`, {
        operation: 'open the database',
        hint: 'Pass the path of an SQLite database with --db-path. Only archives can be on S3.',
      });
  }
}
