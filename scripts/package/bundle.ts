import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** What is started by itself: the program, the library, and the threads, which are named by their files. */
const ENTRIES = [
  'src/cli/entry.ts',
  'src/index.ts',
  'src/stores/copy-thread.ts',
  'src/hot/sqlite/connection/checkpoint-thread.ts',
  'src/cli/demo/writer-worker.ts',
];
/** All modules in one folder: `./copy-thread.ts` stays beside whoever starts it. Three levels deep, as are the sources that name `../../../assets`. */
const MODULES = join('dist', 'program', 'modules');
/** uPlot's files are sent to browsers as they are. DuckDB is a native module. The AWS SDK is large, and seldom needed. */
const EXTERNAL = ['@aws-sdk/credential-provider-node', '@duckdb/node-api', 'uplot'];
/** Finds files of a package, does not load it. */
const RESOLVES_ONLY = /src\/web\/server\/assets\.ts$/;

export interface Bundle {
  /** The file of the library, and the names that it exports. */
  readonly library: string;
  readonly exports: readonly string[];
  /** Every file of which something went in, relative to the root. */
  readonly sources: readonly string[];
}

/** Writes the program, its libraries included, as modules that are loaded when they are needed. */
export async function bundleProgram(root: string): Promise<Bundle> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    outdir: MODULES,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24.19',
    external: EXTERNAL,
    plugins: [lazyRequires],
    // Names and short lines stay: stack traces are read by people, and Node.js prints the line that threw.
    lineLimit: 120,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
    metafile: true,
    logLevel: 'warning',
  });
  const library = join(MODULES, 'index.js');
  return {
    library: join(root, library),
    exports: metafile.outputs[library]!.exports,
    sources: Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  };
}

/**
 * Sources load some libraries by a `require` of their own, when they need them. A bundler only follows the one that it knows. Of a CommonJS
 * package that is loaded by `import(…)`, esbuild's modules have no named exports.
 */
const lazyRequires: Plugin = {
  name: 'lazy requires',
  setup(esbuild) {
    esbuild.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8')
        .replace(/^const require = createRequire\(import\.meta\.url\);$/m, '')
        .replace(/\bcreateRequire\(import\.meta\.url\)\(/g, 'require(');
      if (/\bcreateRequire\(/.test(contents) && !RESOLVES_ONLY.test(path))
        throw new Error(`${path}: the bundler does not see what this createRequire loads`);
      const lazy = contents.match(/(?<!typeof )\bimport\('(?![.]|node:)([^']+)'\)(?!\)\.default\b)/)?.[1];
      if (lazy !== undefined && !EXTERNAL.includes(lazy))
        throw new Error(
          `${path}: take the default export of ${lazy}: named ones may be missing in the package`,
        );
      return { contents, loader: 'ts' };
    });
  },
};
