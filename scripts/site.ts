/** Builds the documentation site: `npm run site`, or `npm run site -- FOLDER`. Open `site/index.html`; no server is needed. */
import { join, resolve } from 'node:path';
import { writeSite } from './site/write-site.ts';

const root = join(import.meta.dirname, '..');
const folder = resolve(process.argv[2] ?? join(root, 'site'));
const pages = writeSite(root, folder);
console.log(`${join(folder, 'index.html')}: ${pages} pages`);
