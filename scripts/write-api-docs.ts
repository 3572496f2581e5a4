import { writeFileSync } from 'node:fs';
import { API_REFERENCE, renderApiReference } from './api-reference.ts';

writeFileSync(API_REFERENCE, renderApiReference());
console.log(`written: ${API_REFERENCE}`);
