// Search over the sections of all pages, in the browser: MiniSearch and SECTIONS come from the two scripts before this one.
const form = document.querySelector('[role=search]');
const input = form.querySelector('input');
const found = document.getElementById('found');
const { up } = document.currentScript.dataset;
const MOST = 12;

let index;
function search(words) {
  if (index === undefined) {
    index = new globalThis.MiniSearch({
      fields: ['heading', 'page', 'text'],
      storeFields: ['heading', 'page', 'to'],
      searchOptions: { boost: { heading: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
    });
    index.addAll(globalThis.SECTIONS);
  }
  return index.search(words).slice(0, MOST);
}

function show() {
  const words = input.value.trim();
  const hits = words === '' ? [] : search(words);
  found.replaceChildren(
    ...hits.map(({ heading, page, to }) => {
      const link = document.createElement('a');
      link.href = `${up}/${to}`;
      link.textContent = heading;
      const item = document.createElement('li');
      item.append(link);
      if (page !== heading) {
        const where = document.createElement('small');
        where.textContent = ` ${page}`;
        item.append(where);
      }
      return item;
    }),
  );
  if (words !== '' && hits.length === 0) {
    const none = document.createElement('li');
    none.textContent = 'Nothing found.';
    found.append(none);
  }
}

form.hidden = false;
input.addEventListener('input', show);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  found.querySelector('a')?.click();
});
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== input) {
    event.preventDefault();
    input.focus();
  }
});
