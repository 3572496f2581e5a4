import { statSync } from 'node:fs';
import { FirnError } from '../../../model/errors.ts';
import { type Connection, openForReading } from '../connection/connection.ts';
import { sqliteLedgerReader } from './sqlite-ledger.ts';

/** See `HotStore.lookAtOther`. Another name of this database is no other database. */
export async function lookAtOther(
  { path: own }: Connection,
  path: string,
): Promise<{ readonly identity: string | null; readonly generation: string | null } | null> {
  const [here, there] = [own, path].map((file) => statSync(file, { throwIfNoEntry: false }));
  if (!there?.isFile() || (here?.dev === there.dev && here.ino === there.ino)) return null;
  let connection: Connection | undefined;
  try {
    connection = openForReading(path);
    const ledger = sqliteLedgerReader(connection);
    return { identity: await ledger.identity(), generation: await ledger.generation() };
  } catch (error) {
    if (error instanceof FirnError) return null;
    throw error;
  } finally {
    connection?.db.close();
  }
}
