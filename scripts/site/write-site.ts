import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pageBody } from './page-body.ts';
import { framedPage } from './page-frame.ts';
import { siteChapters, siteTarget } from './site-pages.ts';

const ASSETS = join(import.meta.dirname, 'assets');

/** Writes the documentation as a site into `folder`, which is emptied first. Gives the number of its pages. */
export function writeSite(root: string, folder: string): number {
  const chapters = siteChapters(root);
  const pages = chapters.flatMap((chapter) => chapter.pages);
  const sources = new Set(pages.map(({ source }) => source));
  const put = (target: string): string => {
    const path = join(folder, target);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  rmSync(folder, { recursive: true, force: true });
  const sections = pages.flatMap((page) => {
    const body = pageBody(root, page, (source) => sources.has(source));
    writeFileSync(put(page.target), framedPage(chapters, page, body.html));
    for (const image of body.images) copyFileSync(join(root, image), put(siteTarget(image)));
    return body.sections.map(({ heading, anchor, text }) => ({
      page: page.title,
      heading,
      text,
      to: anchor === '' ? page.target : `${page.target}#${anchor}`,
    }));
  });
  // A script, since a page that was opened from a folder may not read other files.
  const listed = JSON.stringify(sections.map((section, id) => ({ id, ...section })));
  writeFileSync(put('sections.js'), `globalThis.SECTIONS = ${listed};\n`);
  for (const name of ['site.css', 'site.js']) copyFileSync(join(ASSETS, name), put(name));
  copyFileSync(join(root, 'assets', 'web', 'firn.svg'), put('firn.svg'));
  const umd = join(dirname(createRequire(import.meta.url).resolve('minisearch')), '..', 'umd', 'index.js');
  copyFileSync(umd, put('minisearch.js'));
  return pages.length;
}
