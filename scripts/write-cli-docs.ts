import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCliReference } from './cli-reference.ts';

const target = join(import.meta.dirname, '..', 'docs', 'cli.md');
writeFileSync(target, await renderCliReference());
console.log(`written: ${target}`);
