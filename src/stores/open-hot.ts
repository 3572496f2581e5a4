import type { Location } from '../model/location.ts';
import type { HotBackend } from './hot-backend.ts';
import { sqliteBackend } from './sqlite-backend.ts';

/** The hot store at a location; nothing is opened yet. */
export function hotBackend(location: Location): HotBackend {
  switch (location.scheme) {
    case 'file':
      return sqliteBackend(location.path);
  }
}
