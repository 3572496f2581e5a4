// npm run build: dist/, all that the package has besides what is in the repository as it is.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Bundle, bundleProgram } from './bundle.ts';
import { licenceTexts } from './licence-texts.ts';
import { writeManPages } from './man-pages.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DIST = join(ROOT, 'dist');
const TYPES = join(DIST, 'types');

rmSync(DIST, { recursive: true, force: true });
const bundle = await bundleProgram(ROOT);
writeFileSync(join(DIST, 'index.js'), libraryEntry(bundle));
writeFileSync(join(DIST, 'licenses.txt'), licenceTexts(ROOT, bundle.sources));
compileTypes();
await writeManPages(join(DIST, 'man'));

/** The library, for an `import` and a `require`. An older Node.js could not even link it, and would not say why. */
function libraryEntry({ library, exports }: Bundle): string {
  return [
    "import { createRequire } from 'node:module';",
    "import { isNewEnough, refusalOf } from '../bin/needed-node.js';",
    '',
    "if (!isNewEnough(process.versions.node)) throw new Error(refusalOf('firn-db'));",
    `export const { ${exports.join(', ')} } = createRequire(import.meta.url)('./${relative(DIST, library)}');`,
    '',
  ].join('\n');
}

/** Only the declarations that those of the library name. */
function compileTypes(): void {
  const tsc = spawnSync('tsc', ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', TYPES], {
    stdio: 'inherit',
  });
  if (tsc.status !== 0) throw new Error('tsc failed');
  const needed = new Set<string>();
  const visit = (file: string): void => {
    if (needed.has(file)) return;
    needed.add(file);
    for (const [, target] of readFileSync(file, 'utf8').matchAll(
      /(?:from |import\()'(\.[^']+)\.ts'|(?:from |import\()"(\.[^"]+)\.[jt]s"/g,
    ))
      if (target !== undefined) visit(join(dirname(file), `${target}.d.ts`));
  };
  visit(join(TYPES, 'index.d.ts'));
  for (const name of globSync('**/*.d.ts', { cwd: TYPES }))
    if (!needed.has(join(TYPES, name))) rmSync(join(TYPES, name));
}
