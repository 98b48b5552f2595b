/* The page: draws what the report's JSON says. No library, no network; tables show a screenful of rows at a time, so size does not matter. */
'use strict';
const report = JSON.parse(document.getElementById('data').textContent);
const head = report.head, keys = report.counts, headings = report.headings;
const fmt = new Intl.NumberFormat('en-US'), at = Object.fromEntries(keys.map((k, i) => [k, i]));
const num = n => fmt.format(Math.round(n)), pct = (a, b) => b > 0 ? (100 * a / b).toFixed(1) + ' %' : '–';
const STEP = 25;

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
function section(id, title, ...children) {
  const s = el('section', { id, 'aria-label': title }, el('h2', { text: title }), ...children);
  document.querySelector('main').append(s);
  return s;
}
const short = n => {
  for (const [u, s] of [[1e9, ' G'], [1e6, ' M'], [1e3, ' k']]) if (Math.abs(n) >= u) return (n / u).toPrecision(3).replace(/\.0+$/, '') + s;
  return String(+n.toPrecision(3));
};

/* ---- a table that sorts, filters and grows ------------------------------------------------------------------------- */
/* columns: [{title, value(row), show(row), name, share}]; rows: anything. */
function table(columns, rows, options) {
  let sort = options.sort, down = true, needle = '', shown = STEP;
  const body = el('tbody'), foot = el('tfoot'), heads = [], count = el('span', { class: 'soft', 'aria-live': 'polite' });
  const more = el('button', { class: 'more', text: 'Show more rows', onclick: () => { shown *= 4; draw(); } });
  const text = columns.filter(c => c.text);
  function draw() {
    let list = needle ? rows.filter(r => text.some(c => String(c.value(r)).toLowerCase().includes(needle))) : rows.slice();
    const value = columns[sort].value;
    list.sort((a, b) => { const x = value(a), y = value(b); return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1); });
    body.replaceChildren(...list.slice(0, shown).map(r => el('tr', {}, ...columns.map(c => {
      const td = el('td', { class: c.text ? (c.name ? 'name' : 'text') : c.share ? 'share' : c.style ? c.style(r) : null, text: c.show ? c.show(r) : c.text ? c.value(r) : num(c.value(r)) });
      if (c.share) td.style.setProperty('--w', Math.min(100, 100 * c.share(r)) + '%');
      if (c.note && c.note(r)) td.append(el('small', { text: c.note(r) }));
      return td;
    }))));
    foot.replaceChildren();
    if (options.total) foot.append(el('tr', {}, ...columns.map(c => {
      const sum = () => list.reduce((n, r) => n + c.value(r), 0);
      return el('td', { text: c.name ? (needle ? 'total of these' : 'total') : c.text || c.untotalled ? '' : c.total ? c.total(list) : num(sum()) });
    })));
    heads.forEach((h, i) => i === sort ? h.setAttribute('aria-sort', down ? 'descending' : 'ascending') : h.removeAttribute('aria-sort'));
    count.textContent = `${num(Math.min(shown, list.length))} of ${num(list.length)} rows`;
    more.hidden = list.length <= shown;
  }
  columns.forEach((c, i) => {
    const th = el('th', { scope: 'col', class: c.text ? 'text' : null }, el('button', { text: c.title, type: 'button', onclick: () => {
      down = sort === i ? !down : !c.text;
      sort = i;
      draw();
    } }));
    heads.push(th);
  });
  const box = el('div', {});
  if (rows.length > 8 || options.filter)
    box.append(el('div', { class: 'tools' }, el('input', { type: 'search', placeholder: 'Filter by name', 'aria-label': 'Filter rows by name', oninput: e => {
      needle = e.target.value.trim().toLowerCase();
      shown = STEP;
      draw();
    } }), count));
  box.append(el('div', { class: 'wide' }, el('table', {}, el('thead', {}, el('tr', {}, ...heads)), body, foot)), more);
  draw();
  return box;
}

/* ---- the head --------------------------------------------------------------------------------------------------------- */
function facts(list) {
  return el('div', { class: 'cards' }, ...list.map(([name, value]) => el('div', { class: 'fact' }, el('b', { text: value }), el('span', { text: name }))));
}
function title() {
  const chips = [['core ' + head.core.name], ['model ' + head.model], ['layout ' + head.layout]];
  if (head.exit_code) chips.push(['exit code ' + head.exit_code, 'warn']);
  if (head.stopped) chips.push(['stopped by ' + head.stopped, 'warn']);
  document.querySelector('header').append(el('h1', { text: 'loam report' }), el('code', { text: head.command }),
    el('div', { class: 'chips' }, ...chips.map(([text, kind]) => el('span', { class: 'chip ' + (kind || ''), text }))));
}
function verdict() {
  const t = head.totals, l1 = t.levels.l1d;
  const s = section('summary', 'Summary', el('div', { class: 'verdict' }, ...(head.summary || []).map(text => el('p', { text }))));
  s.append(facts([['instructions', short(t.instructions)], ['cycles', short(t.cycles)], ['cycles per instruction', (t.cycles / (t.instructions || 1)).toFixed(2)],
    ['L1D misses per 1,000 instr.', (1000 * l1.misses / (t.instructions || 1)).toFixed(2)], ['branches mispredicted', pct(t.branches.mispredicted, t.branches.executed)],
    ['of the cycles in firmware', pct(t.firmware_cycles.total, t.cycles)]]));
}
function levels() {
  const t = head.totals, names = { l1i: 'L1I', l1d: 'L1D', l2: 'L2', l3: 'L3', l4: 'L4', llc: 'LLC', itlb: 'ITLB', dtlb: 'DTLB' };
  const rows = Object.entries(t.levels).filter(([, l]) => l.accesses).map(([k, l]) => ({ name: names[k] || k, a: l.accesses, m: l.misses }));
  rows.push({ name: 'branches', a: t.branches.executed, m: t.branches.mispredicted });
  section('levels', 'Caches, TLBs, branches', table([{ title: 'level', text: true, value: r => r.name }, { title: 'accesses', value: r => r.a },
    { title: 'misses', value: r => r.m }, { title: 'miss rate', value: r => r.m / r.a, show: r => pct(r.m, r.a), share: r => r.m / r.a },
    { title: 'per 1,000 instructions', value: r => r.m, show: r => (1000 * r.m / t.instructions).toFixed(2) }], rows, { sort: 1 }));
}

/* ---- timeline ------------------------------------------------------------------------------------------------------------ */
function ticks(max, n) {
  const raw = max / n, p = Math.pow(10, Math.floor(Math.log10(raw))), step = [1, 2, 5, 10].map(f => f * p).find(s => s >= raw);
  const list = [];
  for (let v = 0; v <= max * 1.0001; v += step) list.push(v);
  return list;
}
function timeline() {
  const t = head.timeline;
  if (!t || !t.rows.length) return;
  const columns = t.columns, metrics = [['l1d', 'L1D misses per 1,000 instructions', 1000], ['l2', 'L2 misses per 1,000 instructions', 1000], ['l3', 'L3 misses per 1,000 instructions', 1000], ['l4', 'L4 misses per 1,000 instructions', 1000], ['llc', 'LLC misses per 1,000 instructions', 1000],
    ['dtlb', 'DTLB misses per 1,000 instructions', 1000], ['mispredicted', 'mispredicted branches per 1,000 instructions', 1000], ['cycles', 'cycles per instruction', 1],
    ['firmware_cycles', 'firmware cycles per instruction', 1]].filter(([k]) => columns.includes(k) && (!/^l[34]$/.test(k) || head.totals.levels[k]));
  const H = 300, L = 62, R = 14, T = 14, B = 44, picture = svg('svg', { role: 'img', tabindex: 0 });
  let W = 1000; // pixels: text keeps its size on any screen
  const said = el('span', { class: 'soft', 'aria-live': 'polite' }), end = t.rows[t.rows.length - 1][0] || 1, x = n => L + (W - L - R) * n / end;
  const choice = el('select', { 'aria-label': 'What the timeline shows', onchange: () => draw() }, ...metrics.map(([k, name]) => el('option', { value: k, text: name })));
  let points = [], cursor = -1, name = '';
  function show() {
    const old = picture.querySelector('.cursor');
    if (old) old.remove();
    if (cursor < 0) { said.textContent = 'Point at the chart, or focus it and use the arrow keys.'; return; }
    const p = points[cursor];
    picture.append(svg('line', { class: 'cursor', x1: x(p.mid), x2: x(p.mid), y1: T, y2: H - B }));
    said.textContent = `at ${short(p.mid)} instructions: ${p.v.toFixed(2)} ${name}`;
  }
  function draw() {
    const [key, label, scale] = metrics.find(m => m[0] === choice.value), c = columns.indexOf(key);
    let before = 0;
    W = Math.max(300, picture.parentNode.clientWidth - 34);
    picture.setAttribute('viewBox', `0 0 ${W} ${H}`);
    name = label;
    points = t.rows.map(r => { const n = r[0] - before, mid = before + n / 2; before = r[0]; return { mid, v: n ? scale * r[c] / n : 0 }; });
    const max = Math.max(...points.map(p => p.v)) || 1, y = v => H - B - (H - B - T) * v / max;
    picture.setAttribute('aria-label', `${label} over ${short(end)} instructions, at most ${max.toFixed(2)}`);
    picture.replaceChildren();
    for (const v of ticks(max, 5)) picture.append(svg('line', { class: 'axis', x1: L, x2: W - R, y1: y(v), y2: y(v) }), svg('text', { x: L - 6, y: y(v) + 4, 'text-anchor': 'end' }, short(v)));
    for (const n of ticks(end, W > 600 ? 8 : 4)) picture.append(svg('text', { x: x(n), y: H - B + 18, 'text-anchor': 'middle' }, short(n)));
    picture.append(svg('text', { x: (L + W - R) / 2, y: H - 6, 'text-anchor': 'middle' }, 'instructions'), svg('text', { x: -(H - B + T) / 2, y: 14, transform: 'rotate(-90)', 'text-anchor': 'middle' }, label));
    for (const m of t.marks) {
      const l = svg('line', { class: 'mark ' + m.kind, x1: x(m.at), x2: x(m.at), y1: T, y2: H - B });
      l.append(svg('title', {}, `${m.kind} at ${num(m.at)} instructions`));
      picture.append(l);
    }
    const d = points.map((p, i) => `${i ? 'L' : 'M'}${x(p.mid).toFixed(1)},${y(p.v).toFixed(1)}`).join('');
    picture.append(svg('path', { class: 'area', d: `${d}L${x(points[points.length - 1].mid)},${y(0)}L${x(points[0].mid)},${y(0)}Z` }), svg('path', { class: 'line', d }));
    show();
  }
  picture.addEventListener('pointermove', e => {
    const box = picture.getBoundingClientRect(), n = ((e.clientX - box.left) / box.width * W - L) / (W - L - R) * end;
    cursor = points.reduce((best, p, i) => Math.abs(p.mid - n) < Math.abs(points[best].mid - n) ? i : best, 0);
    show();
  });
  picture.addEventListener('keydown', e => {
    if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') return;
    cursor = Math.max(0, Math.min(points.length - 1, cursor + (e.key === 'ArrowRight' ? 1 : -1)));
    e.preventDefault();
    show();
  });
  const kinds = {};
  for (const m of t.marks) kinds[m.kind] = (kinds[m.kind] || 0) + 1;
  const legend = Object.entries(kinds).map(([k, n]) => `${num(n)} × ${k}`).join(', ');
  section('timeline', 'Timeline', el('div', { class: 'tools' }, choice, said), picture, el('p', { class: 'soft', text: legend ? 'Dashed lines: ' + legend + '.' : '' }));
  draw();
  addEventListener('resize', draw);
}

/* ---- views ------------------------------------------------------------------------------------------------------------------ */
const count = k => { const i = 4 + at[k]; return r => r[i] || 0; };
const noteOf = r => [r[1], r[2] && r[3] ? `${r[2]}:${r[3]}` : ''].filter(Boolean).join(' · ');
function columnsOf(view, rows) {
  const sum = k => rows.reduce((n, r) => n + count(k)(r), 0), name = { title: 'name', text: true, name: true, value: r => r[0], note: noteOf };
  const share = k => { const all = sum(k) || 1; return { title: 'share', value: count(k), show: r => pct(count(k)(r), all), share: r => count(k)(r) / all, untotalled: true }; };
  const plain = k => ({ title: headings[at[k]], value: count(k) });
  if (view.key === 'by_branch') return [name, plain('mispredicted'), share('mispredicted'), plain('mispredicted_target')];
  const list = [name, plain('l1d'), share('l1d'), ...['l2', 'l3', 'l4', 'llc', 'dtlb'].filter(k => head.totals.levels[k]).map(plain)];
  if (sum('l1i')) list.push(plain('l1i'));
  if (view.key === 'by_method' || view.key === 'by_line') {
    list.push(plain('mispredicted'));
    if (sum('instructions')) list.push(plain('instructions'), { title: 'L1D per 1,000 instr.', untotalled: true,
      value: r => count('instructions')(r) ? 1000 * count('l1d')(r) / count('instructions')(r) : 0, show: r => count('instructions')(r) ? (1000 * count('l1d')(r) / count('instructions')(r)).toFixed(1) : '–' });
  }
  for (const k of keys.slice(at.stores + 1)) if (sum(k)) list.push(plain(k));
  return list;
}
function views() {
  const panel = el('div', { role: 'tabpanel' }), buttons = [], drawn = {};
  function select(i, focus) {
    const v = report.views[i];
    buttons.forEach((b, k) => { b.setAttribute('aria-selected', k === i); b.tabIndex = k === i ? 0 : -1; });
    if (focus) buttons[i].focus();
    panel.replaceChildren(drawn[i] = drawn[i] || table(columnsOf(v, v.rows), v.rows, { sort: 1, total: true, filter: true }));
    location.replace('#' + v.key);
  }
  report.views.forEach((v, i) => buttons.push(el('button', { role: 'tab', type: 'button', text: v.title, onclick: () => select(i), onkeydown: e => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (step) select((i + step + report.views.length) % report.views.length, true);
  } })));
  section('views', 'Where the misses come from', el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, ...buttons), panel);
  const wanted = report.views.findIndex(v => '#' + v.key === location.hash);
  const keep = scrollY;
  select(wanted < 0 ? 0 : wanted);
  scrollTo(0, keep);
}

/* ---- classes ------------------------------------------------------------------------------------------------------------------- */
function picture(c) {
  const perRow = 32, unit = 320 / perRow, rowHeight = 34, rows = Math.ceil(c.bytes / perRow) || 1, hottest = Math.max(...c.fields.map(f => f.l1d), 1);
  const s = svg('svg', { viewBox: `0 0 330 ${rows * rowHeight + 4}`, role: 'img', 'aria-label': `Layout of ${c.name}: ` + c.fields.map(f => `${f.name} at ${f.offset}, ${f.l1d} misses`).join('; ') });
  const box = (offset, bytes, f) => {
    for (let o = offset; o < offset + bytes;) {
      const row = Math.floor(o / perRow), n = Math.min(offset + bytes, (row + 1) * perRow) - o, heat = f ? f.l1d / hottest : 0;
      const r = svg('rect', { x: 2 + (o % perRow) * unit, y: row * rowHeight, width: n * unit, height: rowHeight - 6, rx: 2 });
      r.style.fill = f ? `color-mix(in srgb, var(--hot) ${Math.round(85 * heat)}%, var(--head))` : 'transparent';
      if (f) r.append(svg('title', {}, `${f.name} (${f.type}), offset ${f.offset}, ${f.bytes} bytes: ${num(f.l1d)} L1D misses, ${pct(f.l1d, c.l1d)}`));
      s.append(r);
      const fits = Math.floor(n * unit / 6.7);
      if (f && fits > 1) s.append(svg('text', { class: 'label', x: 6 + (o % perRow) * unit, y: row * rowHeight + 18 }, f.name.length > fits ? f.name.slice(0, fits - 1) + '…' : f.name));
      o += n;
    }
  };
  for (const f of c.fields) box(f.offset, f.bytes, f);
  return el('div', {}, el('h3', { text: c.name }), el('span', { class: 'soft', text: `${c.bytes} bytes · ${num(c.l1d)} L1D misses` }), s);
}
function pictures() {
  const list = head.class_pictures || [];
  if (list.length) section('pictures', 'How the hottest classes are laid out', el('p', { class: 'soft', text: `32 bytes to a row (a cache line has ${head.core.l1d.line_bytes}); the redder a field, the more L1D misses it has.` }),
    el('div', { class: 'pictures' }, ...list.slice(0, 12).map(picture)));
}

function lines() {
  const l = head.lines;
  if (l) section('lines', 'Bytes used of each line fetched into L1D', table([{ title: 'class', text: true, name: true, value: r => r.name }, { title: 'lines fetched', value: r => r.fetched },
    { title: `bytes used, of ${l.line_bytes}`, value: r => r.bytes_used / r.fetched, show: r => (r.bytes_used / r.fetched).toFixed(1), share: r => r.bytes_used / r.fetched / l.line_bytes }], l.by_class, { sort: 1 }));
}

/* ---- optimizer, firmware, core ------------------------------------------------------------------------------------------------------ */
function passes() {
  const list = head.layout_passes || [], two = n => n == null ? '–' : n.toFixed(2);
  if (!list.length) return;
  section('passes', 'Layout passes', table([{ title: 'at instruction', value: p => p.at_instruction }, { title: 'along', text: true, name: true, value: p => p.edges }, { title: 'objects moved', value: p => p.moved_objects },
    { title: 'cost, cycles', value: p => p.cost_cycles }, { title: 'misses per 1,000 before', value: p => p.target_mpki_before, show: p => two(p.target_mpki_before) },
    { title: 'after', value: p => p.target_mpki_after, show: p => two(p.target_mpki_after) }, { title: 'verdict', text: true, value: p => p.verdict }], list, { sort: 0 }));
}
function firmware() {
  const list = head.firmware || [], all = head.totals.cycles || 1;
  if (list.length) section('firmware', 'Firmware: what the virtual machine itself cost', table([{ title: 'service', text: true, name: true, value: s => s.name }, { title: 'cycles', value: s => s.cycles },
    { title: 'of all cycles', value: s => s.cycles, show: s => (100 * s.cycles / all).toFixed(2) + ' %', share: s => s.cycles / all, untotalled: true }, { title: 'instructions', value: s => s.instructions }], list, { sort: 1, total: true }));
}
function details() {
  const lines = [];
  for (const [s, o] of Object.entries(head.core)) if (o && typeof o === 'object') for (const [k, v] of Object.entries(o)) lines.push({ k: s + '.' + k, v: String(v) });
  const counters = Object.entries(head.totals.counters || {}).map(([k, v]) => ({ k, v }));
  section('details', 'Details', el('details', {}, el('summary', { text: 'The core: every setting' }), table([{ title: 'setting', text: true, name: true, value: r => r.k }, { title: 'value', value: r => r.v, show: r => r.v }], lines, { sort: 0, filter: true })),
    el('details', {}, el('summary', { text: 'All counters' }), table([{ title: 'counter', text: true, name: true, value: r => r.k }, { title: 'value', value: r => r.v }], counters, { sort: 1, filter: true })));
}

/* ---- two reports ------------------------------------------------------------------------------------------------------------------------ */
function difference() {
  const change = (a, b) => a ? (100 * (b - a) / a >= 0 ? '+' : '−') + Math.abs(100 * (b - a) / a).toFixed(1) + ' %' : b ? 'new' : '0 %', tone = r => r[2] < r[1] ? 'good' : r[2] > r[1] ? 'bad' : '';
  const columns = [{ title: 'name', text: true, name: true, value: r => r[0] }, { title: 'before', value: r => r[1] }, { title: 'after', value: r => r[2] },
    { title: 'difference', value: r => Math.abs(r[2] - r[1]), show: r => (r[2] > r[1] ? '+' : '') + num(r[2] - r[1]), style: tone, total: l => num(l.reduce((n, r) => n + r[2] - r[1], 0)) },
    { title: 'change', value: r => r[1] ? (r[2] - r[1]) / r[1] : 0, show: r => change(r[1], r[2]), style: tone, untotalled: true }];
  document.querySelector('header').append(el('h1', { text: 'loam: two reports compared' }), el('p', {}, el('code', { text: 'before: ' + report.diff.before })), el('p', {}, el('code', { text: 'after: ' + report.diff.after })));
  for (const t of report.diff.tables) section(t.key, t.title, table(columns, t.rows, { sort: t.key === 'totals' ? 3 : 3, total: t.key !== 'totals' }));
}

if (report.diff) difference();
else for (const part of [title, verdict, levels, timeline, views, pictures, lines, passes, firmware, details]) part();
document.body.dataset.ready = 'yes';
