import { readFileSync } from 'node:fs';

/** The version of this package, as in its package.json. */
export function readVersion(): string {
  return readPackage().version;
}

/** The versions of Node.js that this package supports: `>=24.19 <25 || >=26.4`. */
export function readNeededNode(): string {
  return readPackage().engines.node;
}

function readPackage(): { readonly version: string; readonly engines: { readonly node: string } } {
  const file = new URL('../../../package.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}
