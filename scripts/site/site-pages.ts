import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One page of the site. Paths are relative to the repository and to the site, with `/`. */
export interface SitePage {
  readonly source: string;
  readonly target: string;
  readonly title: string;
  readonly markdown: string;
}

export interface Chapter {
  readonly title: string;
  readonly pages: readonly SitePage[];
}

/** The order in which a person reads; what no chapter names comes last, so that no page can be forgotten. */
const CHAPTERS: readonly (readonly [title: string, sources: readonly string[]])[] = [
  ['Start', ['README.md', 'docs/configuration.md', 'docs/operations.md', 'docs/many-databases.md']],
  ['Use', ['docs/search.md', 'docs/s3.md', 'docs/web.md', 'docs/notifications.md', 'docs/library.md']],
  ['Reference', ['docs/cli.md', 'docs/api.md', 'docs/format.md', 'CHANGELOG.md']],
  ['Trust', ['docs/safety.md', 'docs/mutation.md', 'docs/performance.md', 'docs/architecture.md']],
  ['Recipes', ['docs/recipes/*.md']],
  ['Decisions', ['docs/decisions/*.md']],
  ['More', ['docs/**/*.md']],
];

/** Every document of the repository, by chapter. */
export function siteChapters(root: string): Chapter[] {
  const taken = new Set<string>();
  return CHAPTERS.map(([title, patterns]) => {
    const sources = patterns
      .flatMap((pattern) => globSync(pattern, { cwd: root }).sort(introductionFirst))
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => !taken.has(path) && taken.add(path));
    return { title, pages: sources.map((source) => readPage(root, source)) };
  }).filter(({ pages }) => pages.length > 0);
}

function introductionFirst(one: string, other: string): number {
  const rank = (path: string): string => path.replace('README', ' ');
  return rank(one) < rank(other) ? -1 : 1;
}

function readPage(root: string, source: string): SitePage {
  const markdown = readFileSync(join(root, source), 'utf8');
  const title = /^# (.+)$/m.exec(markdown)?.[1]?.replaceAll('`', '') ?? source;
  return { source, target: siteTarget(source), title, markdown };
}

/** Where a document stands in the site. */
export function siteTarget(source: string): string {
  const path = source.replace(/^docs\//, '').replace(/\.md$/, '.html');
  const name = path.slice(dirname(path) === '.' ? 0 : dirname(path).length + 1);
  return name === 'README.html' ? path.replace('README', 'index') : path.toLowerCase();
}
