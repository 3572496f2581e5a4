// Usage: ask-clickhouse.mjs FOLDER SQL. FOLDER has chdb in its node_modules. In a process of its own, as one asks from a shell.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, sql] = process.argv.slice(2);
const { query } = createRequire(join(folder, 'package.json'))('chdb');
process.stdout.write(query(sql, 'JSONEachRow'));
