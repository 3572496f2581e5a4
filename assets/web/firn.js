// What the pages do beyond links and forms. Everything here can be missing: each page works without it.

/** A button beside each command line that copies it. */
function addCopyButtons(root) {
  for (const code of root.querySelectorAll('code[data-copy]:not([data-ready])')) {
    code.dataset.ready = '';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy the command ${code.textContent}`);
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = 'Press Ctrl+C';
      }
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2000);
    });
    code.after(button);
  }
}

/** Forms marked `data-live` show their effect at once: the page's part of the same name is fetched and replaced. */
function makeLive(root) {
  for (const form of root.querySelectorAll('form[data-live]:not([data-ready])')) {
    form.dataset.ready = '';
    let latest = new AbortController();
    let pause;
    form.addEventListener('input', () => {
      clearTimeout(pause);
      pause = setTimeout(async () => {
        latest.abort();
        latest = new AbortController();
        const address = new URL(form.action || location.href);
        address.search = new URLSearchParams(new FormData(form)).toString();
        const part = document.getElementById(form.dataset.live);
        part.setAttribute('aria-busy', 'true');
        try {
          const response = await fetch(address, { signal: latest.signal });
          const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
          part.replaceChildren(...fresh.getElementById(form.dataset.live).childNodes);
          history.replaceState(null, '', address);
          enliven(part);
          part.removeAttribute('aria-busy');
        } catch (error) {
          if (error.name !== 'AbortError') form.requestSubmit();
        }
      }, 250);
    });
  }
}

/**
 * Links marked `data-drawer` open their page's content beside the list; with a modifier key they are links as ever. The list may still be
 * coming.
 */
function openDrawers() {
  document.addEventListener('click', async (event) => {
    const link = event.target.closest?.('a[data-drawer]');
    if (link === null || link === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const drawer = drawerOf();
    const response = await fetch(link.href);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = 'Close';
    close.addEventListener('click', () => drawer.close());
    const whole = document.createElement('a');
    whole.href = link.href;
    whole.textContent = 'Open as a page';
    const bar = document.createElement('p');
    bar.append(close, ' ', whole);
    drawer.replaceChildren(bar, ...page.querySelector('main').childNodes);
    enliven(drawer);
    if (!drawer.open) drawer.showModal();
  });
}

/** The one drawer of the page. */
function drawerOf() {
  const known = document.getElementById('drawer');
  if (known !== null) return known;
  const drawer = document.createElement('dialog');
  drawer.id = 'drawer';
  drawer.setAttribute('aria-label', 'Row');
  drawer.addEventListener('click', (event) => {
    if (event.target === drawer) drawer.close();
  });
  document.body.append(drawer);
  return drawer;
}

/** Elements marked `data-plot` are drawn by uPlot, which is loaded only then. */
async function drawPlots(root) {
  const plots = root.querySelectorAll('[data-plot]:not([data-ready])');
  if (plots.length === 0) return;
  const { plot } = await import('/assets/plot.js');
  for (const element of plots) {
    element.dataset.ready = '';
    plot(element);
  }
}

/** Elements marked `data-events` are replaced by what the server sends. */
function listen(root) {
  for (const element of root.querySelectorAll('[data-events]:not([data-ready])')) {
    element.dataset.ready = '';
    const source = new EventSource(element.dataset.events);
    source.addEventListener('part', (event) => {
      const fresh = new DOMParser().parseFromString(event.data, 'text/html');
      element.replaceChildren(...fresh.body.childNodes);
      enliven(element);
    });
    source.addEventListener('end', () => source.close());
  }
}

/** Ctrl+Enter sends the form of an editor. */
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.target.closest?.('form[data-submit="ctrl-enter"]')?.requestSubmit();
});

/** Elements marked `data-load` are replaced by the content of the page that their link leads to. */
async function loadParts(root) {
  for (const element of root.querySelectorAll('[data-load]:not([data-ready])')) {
    element.dataset.ready = '';
    element.setAttribute('aria-busy', 'true');
    try {
      const response = await fetch(element.dataset.load);
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const parts = page.querySelectorAll('main .problem, main #counts');
      if (parts.length > 0) element.replaceChildren(...parts);
      enliven(element);
    } catch {
      // The link stays.
    }
    element.removeAttribute('aria-busy');
  }
}

function enliven(root) {
  addCopyButtons(root);
  makeLive(root);
  listen(root);
  void drawPlots(root);
  void loadParts(root);
}

openDrawers();
// This script may run before the page is complete.
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => enliven(document));
else enliven(document);
