import { existsSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { escaped } from './escaped-markup.ts';
import { HeadingAnchors } from './heading-anchor.ts';
import { type SitePage, siteTarget } from './site-pages.ts';

/** A part of a page that the search can find: everything below one heading. */
export interface Section {
  readonly heading: string;
  /** Empty for what stands below the title. */
  readonly anchor: string;
  readonly text: string;
}

export interface PageBody {
  readonly html: string;
  readonly sections: readonly Section[];
  /** Files, relative to the repository, that the page shows. */
  readonly images: readonly string[];
}

/** Renders a document. Links to documents lead to their pages; files that are not part of the site are named without a link. */
export function pageBody(root: string, page: SitePage, isPage: (source: string) => boolean): PageBody {
  const anchors = new HeadingAnchors();
  const images: string[] = [];
  const sections: { heading: string; anchor: string; text: string }[] = [
    { heading: page.title, anchor: '', text: '' },
  ];
  const from = posix.dirname(page.target);
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const anchor = anchors.next(text);
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const inner = this.parser.parseInline(tokens);
        const to = target(root, page.source, href, isPage);
        if (to === null) return inner;
        return `<a href="${escaped(to.elsewhere ?? posix.relative(from, to.path) + to.anchor)}">${inner}</a>`;
      },
      image({ href, text }: Tokens.Image) {
        const source = posix.join(dirname(page.source), href);
        images.push(source);
        return `<img src="${escaped(posix.relative(from, siteTarget(source)))}" alt="${escaped(text)}">`;
      },
      table(token: Tokens.Table) {
        const cell = (name: string, { tokens, align }: Tokens.TableCell): string =>
          `<${name}${align === null ? '' : ` class="${align}"`}>${this.parser.parseInline(tokens)}</${name}>`;
        const line = (name: string, cells: Tokens.TableCell[]): string =>
          `<tr>${cells.map((each) => cell(name, each)).join('')}</tr>`;
        return `<div class="scroll" tabindex="0"><table><thead>${line('th', token.header)}</thead><tbody>${token.rows
          .map((cells) => line('td', cells))
          .join('')}</tbody></table></div>\n`;
      },
      code({ text }: Tokens.Code) {
        return `<pre tabindex="0"><code>${escaped(text)}\n</code></pre>\n`;
      },
    },
  });
  const tokens = marked.lexer(page.markdown);
  const found = new HeadingAnchors();
  for (const token of tokens) {
    if (token.type === 'heading') {
      const anchor = found.next(token.text);
      if (token.depth > 1) sections.push({ heading: plain(token.text), anchor, text: '' });
    } else {
      sections.at(-1)!.text += `${plain(token.raw)} `;
    }
  }
  return { html: marked.parser(tokens), sections, images };
}

/** Markdown without its signs, for the search. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/\]\([^)]*\)/g, '')
    .replaceAll(/[`*#|>[\]]/g, ' ')
    .replaceAll(/-{2,}/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function target(
  root: string,
  source: string,
  href: string,
  isPage: (source: string) => boolean,
): { elsewhere?: string; path: string; anchor: string } | null {
  if (/^[a-z]+:/.test(href)) return { elsewhere: href, path: '', anchor: '' };
  const [file = '', anchor] = href.split('#');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (file === '') return { elsewhere: hash, path: '', anchor: '' };
  let path = posix.join(dirname(source), file);
  if (existsSync(join(root, path, 'README.md'))) path = posix.join(path, 'README.md');
  path = relative(root, join(root, path)).replaceAll('\\', '/');
  return isPage(path) ? { path: siteTarget(path), anchor: hash } : null;
}
