/* Helpers of the pages: elements, numbers, and rows that are read when they are needed. */
'use strict';
const report = JSON.parse(document.getElementById('data').textContent);
const head = report.head, keys = report.counts, headings = report.headings, at = Object.fromEntries(keys.map((k, i) => [k, i]));
const fmt = new Intl.NumberFormat('en-US');
const num = n => fmt.format(Math.round(n)), two = n => n == null ? '–' : n.toFixed(2), pct = (a, b) => b > 0 ? (100 * a / b).toFixed(1) + ' %' : '–';
const short = n => {
  for (const [u, s] of [[1e9, ' G'], [1e6, ' M'], [1e3, ' k']]) if (Math.abs(n) >= u) return (n / u).toPrecision(3).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') + s;
  return String(+n.toPrecision(3));
};

function el(tag, props, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props || {})) {
    if (k === 'text') e.textContent = v;
    else if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (v !== false && v != null) e.setAttribute(k, v);
  }
  e.append(...children);
  return e;
}
function svg(tag, props, text) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [k, v] of Object.entries(props)) e.setAttribute(k, v);
  if (text != null) e.textContent = text;
  return e;
}
/* A part of the page; those with a `link` are in the list at the top. */
const nav = el('nav', { 'aria-label': 'Parts of the page' });
function section(id, title, link, ...children) {
  const s = el('section', { id, 'aria-label': title }, el('h2', { text: title }), ...children);
  document.querySelector('main').append(s);
  if (link) nav.append(el('a', { href: '#' + id, text: link }));
  return s;
}
/* What takes longer than the rest of the page is done when that has been shown (in a page that is not being shown, soon). */
function afterwards(work) {
  let done = false;
  const once = () => { if (!done) done = true, work(); };
  requestAnimationFrame(() => setTimeout(once));
  setTimeout(once, 500);
}
const soft = text => el('p', { class: 'soft', text });
function facts(list) {
  return el('div', { class: 'cards' }, ...list.map(([name, value, tone]) => el('div', { class: 'fact' }, el('b', { class: tone || null, text: value }), el('span', { text: name }))));
}

/* Rows of a table as [name, note, count...], from a list or from the page's text, of which only as much is taken apart as is asked for. */
let rowsRead = 0;
const letters = { n: '\n', t: '\t', r: '\r', l: '<', '\\': '\\' };
const unescaped = s => s.includes('\\') ? s.replace(/\\(.)/g, (_, c) => letters[c] || c) : s;
function readRow(line) {
  const cells = line.split('\t');
  rowsRead++;
  return cells.map((c, i) => i < 2 ? unescaped(c) : +c);
}
function listRows(list) { return { length: list.length, has: () => true, first: n => list.slice(0, n), all: () => list }; }
/* Of many rows all but the first are packed: `has(n)` tells whether so many can be had now, otherwise (all of them: n is Infinity) load() is to be awaited. */
function textRows(key, length) {
  let loading = null, text = document.getElementById('rows-' + key).textContent, packed = document.getElementById('packed-' + key), all = null;
  const rows = {
    length,
    has: n => !packed || n <= +packed.dataset.behind,
    load: () => loading = loading || unpack(),
    first(n) {
      const list = [];
      for (let from = 0, to; list.length < n && (to = text.indexOf('\n', from)) >= 0; from = to + 1) list.push(readRow(text.slice(from, to)));
      return list;
    },
    all() { return all = all || text.split('\n').slice(0, rows.length).map(readRow); },
  };
  async function unpack() {
    try {
      const bytes = Uint8Array.from(atob(packed.textContent), c => c.charCodeAt(0));
      const more = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).text();
      text += more;
    } catch (e) { /* a browser from before 2023 */
      rows.length = +packed.dataset.behind;
      rows.lacking = 'this browser cannot unpack the others';
    }
    packed = null;
  }
  return rows;
}
