import { bare } from '../frame/document.ts';
import { html, type Markup } from '../frame/markup.ts';

/** What somebody sees whom the server does not know. */
export function loginPage(options: {
  readonly password: boolean;
  readonly wrong: boolean;
  /** Where to go on afterwards: a path of this server. */
  readonly to: string;
}): Markup {
  const { password, wrong, to } = options;
  if (!password) {
    return bare(
      'This page needs its address',
      html`<p>Open the address that <code>firn web</code> printed when it started. It is good for one browser, once.</p>
        <p>If you opened it already and followed a link from another site: <a href="${to}">open this page again</a>.</p>
        <p>Otherwise stop <code>firn web</code> and start it again: it prints a new address.</p>`,
    );
  }
  return bare(
    'Firn',
    html`<form method="post" action="/login" class="login">
        <input type="hidden" name="to" value="${to}">
        ${wrong ? html`<p role="alert" class="problem">That is not the password.</p>` : ''}
        <label>Password <input type="password" name="password" autocomplete="current-password" required autofocus></label>
        <button>Open</button>
      </form>`,
  );
}

export function refusalPage(why: string): Markup {
  return bare('Refused', html`<p role="alert">${why}</p>`);
}
