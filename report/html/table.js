/* A table that sorts, filters and grows. It draws a few rows at a time, and reads no more of them than it draws until somebody sorts or filters. */
const FEW = 25, MORE = 100;

/* A name that may go on in the next line behind a point or bracket. */
function breakable(name) {
  const parts = String(name).split(/(?<=[.($,/;])(?=\w)(?!java:|length)/);
  return parts.flatMap((p, i) => i ? [el('wbr'), p] : [p]);
}

/* columns: [{title, value(row), show(row), text, name, share, note, style, untotalled, total(list)}]; rows: listRows or textRows, sorted by
   columns[options.sort], largest first, if there is such a column. options: {sort, filter, total: sums by column, keep: the filter's text, kept}. */
function table(columns, rows, options) {
  let sort = options.sort, down = true, needle = options.filtered ? options.filtered.text : '', shown = FEW, list = null;
  const body = el('tbody'), foot = el('tfoot'), count = el('span', { class: 'soft', 'aria-live': 'polite' }), text = columns.filter(c => c.text);
  const more = el('button', { class: 'more', type: 'button', text: 'Show more rows', onclick: () => { shown += MORE; redo(); } });
  const asWritten = () => !needle && down && sort === options.sort;
  /* All rows that the filter lets through, in order; null: the order of the file, of which the first ones will do. */
  function choose() {
    list = null;
    if (asWritten()) return;
    const value = columns[sort].value;
    list = needle ? rows.all().filter(r => text.some(c => String(c.value(r)).toLowerCase().includes(needle))) : rows.all().slice();
    if (down && sort === options.sort) return;
    list.sort((a, b) => { const x = value(a), y = value(b); return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1); });
  }
  function cell(c, r) {
    const td = el('td', { class: c.name ? 'name' : c.text ? 'text' : c.share ? 'share' : c.style ? c.style(r) : null, text: c.show ? c.show(r) : c.text ? c.value(r) : num(c.value(r)) });
    if (c.name) td.replaceChildren(...breakable(c.value(r)));
    if (c.share) td.style.setProperty('--w', Math.min(100, 100 * c.share(r)) + '%');
    if (c.note && c.note(r)) td.append(el('small', { text: c.note(r) }));
    return td;
  }
  function totalOf(c, i) {
    if (c.name) return needle ? 'total of these' : 'total';
    if (c.text || c.untotalled) return '';
    if (c.total) return c.total(needle ? list : null);
    return num(needle || !options.total[i] ? (list || rows.all()).reduce((n, r) => n + c.value(r), 0) : options.total[i]());
  }
  function draw() {
    const there = list ? list.length : rows.length;
    body.replaceChildren(...(list ? list.slice(0, shown) : rows.first(shown)).map(r => el('tr', {}, ...columns.map(c => cell(c, r)))));
    if (options.total) foot.replaceChildren(el('tr', {}, ...columns.map((c, i) => el('td', { text: totalOf(c, i) }))));
    heads.forEach((h, i) => i === sort ? h.setAttribute('aria-sort', down ? 'descending' : 'ascending') : h.removeAttribute('aria-sort'));
    count.textContent = `${num(Math.min(shown, there))} of ${num(there)} rows` + (rows.lacking ? `; ${rows.lacking}` : '');
    more.hidden = there <= shown;
  }
  function redo() {
    if (!rows.has(asWritten() ? Math.min(shown, rows.length) : Infinity)) {
      box.setAttribute('aria-busy', 'true');
      count.textContent = 'Reading …';
      rows.load().then(redo);
      return;
    }
    box.removeAttribute('aria-busy');
    choose();
    draw();
  }
  const heads = columns.map((c, i) => el('th', { scope: 'col', class: c.text ? 'text' : null }, el('button', { type: 'button', title: c.help || null, onclick: () => {
    down = sort === i ? !down : !c.text;
    sort = i;
    redo();
  } }, ...breakable(c.title))));
  const box = el('div', {}), search = el('input', { type: 'search', placeholder: 'Filter by name', 'aria-label': 'Filter rows by name', value: needle, oninput: () => {
    needle = search.value.trim().toLowerCase();
    if (options.filtered) options.filtered.text = needle;
    shown = FEW;
    redo();
  } });
  if (rows.length > 8 || options.filter) box.append(el('div', { class: 'tools' }, search, count));
  box.append(el('div', { class: 'wide', tabindex: 0, role: 'group', 'aria-label': options.label || 'Table' }, el('table', {}, el('thead', {}, el('tr', {}, ...heads)), body, foot)), more);
  redo();
  return box;
}
