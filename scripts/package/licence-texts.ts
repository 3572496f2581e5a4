import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licences of the packages that these files come from: their terms ask to be passed on with the code. */
export function licenceTexts(root: string, sources: readonly string[]): string {
  const packages = new Set(
    sources.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const parts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const [file] = globSync('{LICEN[CS]E,licen[cs]e,COPYING}*', { cwd: join(root, folder) }).sort();
    const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}`;
  });
  const rule = `\n\n${'-'.repeat(72)}\n\n`;
  return `The program contains code of these packages, under these licences.${rule}${parts.join(rule)}\n`;
}
