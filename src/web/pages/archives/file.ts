import type { FileDetailsAnswer } from '../../../library/answers/retention/file-details-answer.ts';
import { formatBytes, formatCount, formatRatio } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import { scrolling } from '../../frame/scrolling.ts';
import type { Site } from '../../frame/site.ts';
import { tierBadge } from '../../frame/tier-bars.ts';
import { when } from '../../frame/when.ts';
import { verifyFileForm } from '../changes/change-form.ts';

/** One archive file: where it is, what its footer says, its blocks, and when it was last verified. */
export const archiveFile: Page<'file'> = {
  path: '/archives/file',
  title: 'Archive file',
  commands: ({ query }) => ({ file: ['retention', 'files', '--json', '--', query.get('name') ?? ''] }),
  render({ file }, { site }): Markup {
    const json = file.json as FileDetailsAnswer | null;
    if (json === null) return html`<p><a href="/archives">All archive files</a></p>`;
    return html`<p><a href="/archives">All archive files</a></p>
${json.problem === null ? null : html`<p role="alert" class="problem">${json.problem}</p>`}
<h2>${json.segment}</h2>${json.file === null ? null : ledgerEntry(json.file, site)}${
      json.footer === null ? null : footerOf(json.footer)
    }`;
  },
};

function ledgerEntry(file: NonNullable<FileDetailsAnswer['file']>, site: Site): Markup {
  return html`<section class="cards" aria-label="Ledger">
<div class="card"><h3>Tier ${tierBadge(file.tier)}</h3><div class="figure">${formatBytes(file.bytes)}</div><p class="faint small">${file.path}</p></div>
<div class="card"><h3>Rows</h3><div class="figure">${formatCount(file.rows)}</div><p class="faint small">${when(file.oldest)} to ${when(file.newest)}</p></div>
<div class="card"><h3>As text</h3><div class="figure">${formatBytes(file.raw_bytes)}</div><p class="faint small">${formatRatio(file.raw_bytes, file.bytes)} smaller</p></div>
<div class="card"><h3>Last verified</h3><div class="figure">${file.verified_at === null ? 'when archived' : file.verified_at.slice(0, 10)}</div><p class="faint small">archived ${when(file.archived_at)}</p></div>
</section>
${file.purged_at === null ? null : html`<p class="notice">Purged ${when(file.purged_at)}.</p>`}
${file.replaced_by === null ? null : html`<p class="notice">Replaced by ${file.replaced_by}.</p>`}
<p><a class="button" href="/search?${String(new URLSearchParams({ table: file.table, since: file.day, until: file.last_day }))}">Search its rows</a></p>
${file.purged_at === null && file.replaced_by === null ? verifyFileForm(file.segment, site) : null}`;
}

function footerOf(footer: NonNullable<FileDetailsAnswer['footer']>): Markup {
  const names = Object.keys(footer.blocks[0] ?? {});
  return html`<h2>Footer</h2><dl class="cells"><dt>format</dt><dd>${footer.format}, ${footer.compression}</dd><dt>SHA-256 of the lines</dt><dd>${footer.digest}</dd><dt>time column</dt><dd>${footer.time_column}</dd><dt>lookup keys</dt><dd>${footer.lookup_keys.join(', ') || '–'}</dd></dl>
<h2>Columns</h2>${scrolling(
    'Columns',
    html`<table><thead><tr><th>Name</th><th>Declared type</th><th>Primary key</th></tr></thead><tbody>${footer.columns.map(
      ({ name, type, key }) =>
        html`<tr><th scope="row">${name}</th><td>${type ?? '–'}</td><td>${key === 0 ? '' : key}</td></tr>`,
    )}</tbody></table>`,
  )}
<h2>Blocks</h2>${scrolling(
    'Blocks',
    html`<table><thead><tr><th class="number">Block</th>${names.map((name) => html`<th>${name.replaceAll('_', ' ')}</th>`)}</tr></thead><tbody>${footer.blocks
      .slice(0, 500)
      .map(
        (block, at) =>
          html`<tr><td class="number">${at + 1}</td>${Object.entries(block).map(([name, value]) => html`<td class="${name === 'digest' ? 'text' : ''}">${shown(value)}</td>`)}</tr>`,
      )}</tbody></table>`,
  )}`;
}

function shown(value: unknown): string {
  if (typeof value === 'number') return formatCount(value);
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
