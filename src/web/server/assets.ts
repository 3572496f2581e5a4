import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Hono } from 'hono';

/** Our own files, beside the sources and in the package alike; and those of uPlot, from its package. */
const OWN = new URL('../../../assets/web/', import.meta.url);
const UPLOT = { 'uplot.js': 'uplot/dist/uPlot.esm.js', 'uplot.css': 'uplot/dist/uPlot.min.css' };
const NAMES = ['firn.css', 'firn.js', 'firn.svg', 'plot.js'] as const;
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

interface Asset {
  readonly type: string;
  readonly etag: string;
  /** By encoding; compressed when first asked for. */
  readonly bodies: Map<string, Promise<Uint8Array>>;
  readonly bytes: Buffer;
}

const compress: Readonly<Record<string, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  br: promisify(brotliCompress),
  gzip: promisify(gzip),
};

/** Serves the files of the pages from memory: only those that are named here, whatever a path says. */
export function serveAssets(app: Hono): void {
  const assets = new Map<string, Asset>();
  const require = createRequire(import.meta.url);
  const load = (name: string): Asset | undefined => {
    const known = assets.get(name);
    if (known !== undefined) return known;
    const file = fileOf(name, require);
    if (file === undefined) return undefined;
    const bytes = readFileSync(file);
    const asset = {
      type: TYPES[name.slice(name.lastIndexOf('.') + 1)]!,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 16)}"`,
      bodies: new Map(),
      bytes,
    };
    assets.set(name, asset);
    return asset;
  };
  app.get('/assets/:name', async (context) => {
    const asset = load(context.req.param('name'));
    if (asset === undefined) return context.text('no such file\n', 404);
    // Asked again each time, so that a new version of Firn is never mixed with an old one.
    const headers = {
      'Content-Type': asset.type,
      ETag: asset.etag,
      'Cache-Control': 'no-cache',
      Vary: 'Accept-Encoding',
    };
    if (context.req.header('if-none-match') === asset.etag) return context.body(null, 304, headers);
    const accepted = context.req.header('accept-encoding') ?? '';
    const encoding = ['br', 'gzip'].find((one) => new RegExp(`\\b${one}\\b`).test(accepted));
    if (encoding === undefined) return context.body(Uint8Array.from(asset.bytes), 200, headers);
    const body = asset.bodies.get(encoding) ?? compress[encoding]!(asset.bytes);
    asset.bodies.set(encoding, body);
    return context.body(Uint8Array.from(await body), 200, { ...headers, 'Content-Encoding': encoding });
  });
}

function fileOf(name: string, require: NodeJS.Require): string | undefined {
  if ((NAMES as readonly string[]).includes(name)) return fileURLToPath(new URL(name, OWN));
  const library = Object.entries(UPLOT).find(([known]) => known === name)?.[1];
  return library === undefined ? undefined : require.resolve(library);
}
