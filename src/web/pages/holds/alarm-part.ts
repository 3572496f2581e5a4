import type { StatusAnswer } from '../../../operate/status/status-json.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { scrolling } from '../../frame/scrolling.ts';
import type { Site } from '../../frame/site.ts';
import { when } from '../../frame/when.ts';
import { changeForm, verifyFileForm } from '../changes/change-form.ts';

interface OpenAlarmJson {
  readonly kind: string;
  readonly path: string;
  readonly message: string;
  readonly first_seen: string | null;
}

/** Alarms about one file, which a verification of it ends. */
export const OF_A_FILE: ReadonlySet<string> = new Set(['missing', 'damaged', 'later']);

/** Open alarms, each with a form to acknowledge it, and those that somebody acknowledged. */
export function alarmPart({ open_alarms: alarms, acknowledged }: StatusAnswer, site: Site): Markup {
  return html`<section aria-labelledby="alarms"><h2 id="alarms">Alarms</h2>
${
  alarms.length === 0
    ? html`<p>No open alarm.</p>`
    : html`<ul class="remedies">${alarms.map((alarm) => openAlarm(alarm, site))}</ul>`
}${acknowledged.length === 0 ? null : acknowledgedTable(acknowledged)}
<h3>Read every file again</h3><p class="faint small">An alarm ends when a verification of its file succeeds.</p>${changeForm(
    site,
    'verify',
    null,
    'Verify the archives',
    ['verify', '--deep'],
  )}</section>`;
}

function openAlarm({ kind, path, message, first_seen }: OpenAlarmJson, site: Site): Markup {
  return html`<li><strong>${path}</strong>: ${message}${first_seen === null ? null : html` <span class="faint">since ${when(first_seen)}</span>`}${
    OF_A_FILE.has(kind) ? verifyFileForm(path, site) : null
  }${changeForm(
    site,
    'acknowledge',
    html`<input type="hidden" name="path" value="${path}"><label class="wide">Reason <input name="reason" required></label>`,
    'Acknowledge',
    ['verify', `--acknowledge=${path}`, '--reason=TEXT'],
  )}</li>`;
}

function acknowledgedTable(acknowledged: StatusAnswer['acknowledged']): Markup {
  return html`<h3>Acknowledged</h3>${scrolling(
    'Acknowledged alarms',
    html`<table><thead><tr><th>File</th><th>Problem</th><th>Since</th><th>By</th><th>Reason</th></tr></thead>
<tbody>${acknowledged.map(
      ({
        path,
        message,
        acknowledged_at,
        acknowledged_by,
        reason,
      }) => html`<tr><th scope="row">${path}</th><td class="text">${message}</td>
<td>${when(acknowledged_at)}</td><td>${acknowledged_by ?? '–'}</td><td class="text">${reason ?? ''}</td></tr>`,
    )}</tbody></table>`,
  )}`;
}
