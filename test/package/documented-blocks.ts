import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of a page. */
export interface Block {
  /** `docs/search.md` */
  readonly page: string;
  readonly line: number;
  /** What stands behind the fence: `sh`, `ts`. */
  readonly language: string;
  /** Without the indentation of a list. */
  readonly text: string;
  /** Why no test runs it, as the page says in the line before: `*Not run by the tests: …*`. */
  readonly reason: string | null;
}

/** Every fenced block of README and docs, but of the two references, which are written from the sources, and of decisions. */
export function documentedBlocks(root: string): Block[] {
  const pages = ['README.md', ...globSync(['docs/*.md', 'docs/recipes/*.md'], { cwd: root }).sort()];
  return pages
    .filter((page) => !/^docs\/(cli|api)\.md$/.test(page))
    .flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')));
}

function blocksOf(page: string, text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent, language] = /^( *)```(\w*)(?: .*)?$/.exec(lines[at]!) ?? [];
    if (indent === undefined || language === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, at + 1);
    const before = lines.slice(0, at).findLast((line) => line.trim() !== '') ?? '';
    blocks.push({
      ...{ page, line: at + 1, language },
      text: lines
        .slice(at + 1, end)
        .map((line) => line.slice(indent.length))
        .join('\n'),
      reason: /^ *\*Not run by the tests: (.+)\*$/.exec(before)?.[1] ?? null,
    });
    at = end;
  }
  return blocks;
}
