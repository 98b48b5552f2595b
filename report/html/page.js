/* The pages: what is shown, in which order. A report: the verdict, where the misses come from, what happened over time, what the optimizer did. */

/* ---- the head ----------------------------------------------------------------------------------------------------- */
function title() {
  const chips = [['core ' + head.core.name], ['model ' + head.model], ['layout ' + head.layout]];
  if (head.exit_code) chips.push(['exit code ' + head.exit_code, 'warn']);
  if (head.stopped) chips.push(head.stopped === 'region' ? ['part of a run'] : ['stopped by ' + head.stopped, 'warn']);
  document.querySelector('header').append(el('h1', { text: 'loam report' }), el('code', { text: head.command }),
    el('div', { class: 'chips' }, ...chips.map(([text, kind]) => el('span', { class: 'chip ' + (kind || ''), text }))), nav);
}
function verdict() {
  const t = head.totals, l1 = t.levels.l1d, n = t.instructions || 1;
  section('summary', 'Verdict', 'Verdict', el('div', { class: 'verdict' }, ...(head.summary || []).map(text => el('p', { text }))),
    facts([['instructions', short(t.instructions)], ['cycles', short(t.cycles)], ['cycles per instruction', two(t.cycles / n)], ['L1D misses per 1,000 instr.', two(1000 * l1.misses / n)],
      ['branches mispredicted', pct(t.branches.mispredicted, t.branches.executed)], ['of the cycles in firmware', pct(t.firmware_cycles.total, t.cycles)]]));
}
function levels() {
  const t = head.totals, rows = Object.entries(t.levels).filter(([, l]) => l.accesses).map(([k, l]) => ({ name: k.toUpperCase(), a: l.accesses, m: l.misses }));
  rows.push({ name: 'branches', a: t.branches.executed, m: t.branches.mispredicted });
  section('levels', 'Caches, TLBs, branches', 'Levels', table([{ title: 'level', text: true, value: r => r.name }, { title: 'accesses', value: r => r.a },
    { title: 'misses', value: r => r.m }, { title: 'miss rate', value: r => r.m / r.a, show: r => r.a ? (100 * r.m / r.a).toFixed(2) + ' %' : '–', share: r => r.m / r.a },
    { title: 'per 1,000 instructions', value: r => r.m, show: r => two(1000 * r.m / t.instructions) }], listRows(rows), { sort: null, label: 'Levels' }));
}

/* ---- views ----------------------------------------------------------------------------------------------------------- */
const count = k => { const i = 2 + at[k]; return r => r[i] || 0; };
function viewColumns(view) {
  const sum = k => view.sums[at[k]], plain = k => ({ title: headings[at[k]], value: count(k), sum: () => sum(k) });
  const share = k => ({ title: 'share', value: count(k), show: r => pct(count(k)(r), sum(k)), share: r => count(k)(r) / (sum(k) || 1), untotalled: true });
  const name = { title: 'name', text: true, name: true, value: r => r[0], note: r => r[1] }, used = [];
  const take = (...list) => list.filter(k => !used.includes(k) && used.push(k)).map(plain);
  let list = [name];
  const rate = (title, part, whole) => ({ title, untotalled: true, value: r => whole(r) ? part(r) / whole(r) : 0, show: r => pct(part(r), whole(r)), share: r => whole(r) ? part(r) / whole(r) : 0 });
  if (view.first === 'mispredicted') {
    list.push(...take('mispredicted'), share('mispredicted'), ...take('mispredicted_target'));
    if (sum('executed')) list.push(...take('executed'), rate('predicted wrong', count('mispredicted'), count('executed')));
    if (sum('hints')) list.push(...take('hints', 'hints_late'));
    const without = at => at('mispredicted') + at('value_gained') - at('value_harmed');
    if (sum('value_used')) list.push(...take('value_used'), rate('of these, right', count('value_right'), count('value_used')),
      { title: 'mispredicted without values', value: r => without(k => count(k)(r)), sum: () => without(sum), style: r => count('value_gained')(r) > count('value_harmed')(r) ? 'good' : count('value_gained')(r) < count('value_harmed')(r) ? 'bad' : '' });
    used.push('value_right');
  }
  else list.push(...take('l1d'), share('l1d'), ...take(...['l2', 'l3', 'l4', 'llc', 'dtlb'].filter(k => head.totals.levels[k])));
  if (sum('instructions'))
    list.push(...take('mispredicted', 'instructions'), { title: 'L1D per 1,000 instr.', untotalled: true, value: r => count('instructions')(r) ? 1000 * count('l1d')(r) / count('instructions')(r) : 0,
      show: r => count('instructions')(r) ? (1000 * count('l1d')(r) / count('instructions')(r)).toFixed(1) : '–' });
  const hidden = ['itlb', 'l1d_store', 'llc_store', 'llc_fetch', 'loads', 'stores'];
  return list.concat(take(...keys.filter(k => !hidden.includes(k) && sum(k))));
}
function views() {
  const panel = el('div', { role: 'tabpanel' }), buttons = [], filtered = { text: '' };
  function select(i, focus) {
    const v = report.views[i], columns = viewColumns(v);
    buttons.forEach((b, k) => { b.setAttribute('aria-selected', k === i); b.tabIndex = k === i ? 0 : -1; });
    if (focus) buttons[i].focus();
    if (i && document.readyState === 'loading') { /* the rows of all but the first view stand behind this script */
      panel.replaceChildren(soft('Loading …'));
      addEventListener('DOMContentLoaded', () => { if (buttons[i].getAttribute('aria-selected') === 'true') select(i); });
      return;
    }
    panel.replaceChildren(table(columns, v.text = v.text || textRows(v.key, v.rows), { sort: columns.findIndex(c => c.title === headings[at[v.first]]), total: columns.map(c => c.sum), filter: true, filtered, label: v.title }));
    history.replaceState(null, '', '#' + v.key);
  }
  report.views.forEach((v, i) => buttons.push(el('button', { role: 'tab', type: 'button', text: v.title, onclick: () => select(i), onkeydown: e => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (step) select((i + step + report.views.length) % report.views.length, true);
  } })));
  const wanted = report.views.findIndex(v => '#' + v.key === location.hash), hash = location.hash;
  section('views', 'Where the misses come from', 'Where', el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, ...buttons), soft('The filter stays when you change the view: filter by a class to see its fields, sites, methods and lines.'), panel);
  select(wanted < 0 ? 0 : wanted);
  if (wanted < 0) history.replaceState(null, '', hash || location.pathname);
}

/* ---- bytes of lines, optimizer, firmware, core ---------------------------------------------------------------------------- */
function lines() {
  const l = head.lines, used = u => u && u.fetched ? u.bytes_used / u.fetched : 0, bytes = (title, of) => ({ title, value: r => used(of(r)), show: r => used(of(r)) ? used(of(r)).toFixed(1) : '–', share: r => used(of(r)) / l.line_bytes });
  if (!l) return;
  const columns = [{ title: 'class', text: true, name: true, value: r => r.name }, { title: 'lines fetched', value: r => r.fetched }, bytes(`bytes used, of ${l.line_bytes}`, r => r)];
  if (l.by_class.some(r => r.before)) columns.push(bytes('before the first layout pass', r => r.before), bytes('since the last', r => r.after));
  section('lines', 'Bytes used of each line fetched into L1D', 'Lines', table(columns, listRows(l.by_class), { sort: 1, label: 'Bytes used' }));
}
function sharing() {
  if (!head.cores || !head.sharing) return;
  const n = key => ({ title: key, value: r => r.counters[key] || 0 });
  section('cores', 'Cores', 'Cores', table([{ title: 'core', value: r => r.core }, { title: 'node', value: r => r.node }, ...['cycles', 'instructions', 'idle.cycles', 'l1d.misses', 'coherence.misses', 'coherence.false_sharing', 'coherence.upgrades', 'coherence.dirty_forwards', 'numa.remote'].map(n)], listRows(head.cores), { label: 'Cores' }));
  const text = key => ({ title: key, text: true, value: r => r[key] });
  section('sharing', 'What cores took from each other', 'Sharing', table([{ title: 'accessed', text: true, name: true, value: r => r.accessed }, text('thread'), text('written'), text('writer'), { title: 'coherence misses', value: r => r.misses }, { title: 'of false sharing', value: r => r.false_sharing }], listRows(head.sharing.pairs), { sort: 5, label: 'Sharing' }));
}
function passes() {
  const list = head.layout_passes || [], toned = p => p.target_mpki_after == null ? '' : p.target_mpki_after < p.target_mpki_before ? 'good' : 'bad';
  if (!list.length && (head.layout !== 'on' || head.field_moves)) return;
  const verdicts = list.map(p => `Pass at ${short(p.at_instruction)} instructions: ${p.verdict}.`);
  section('passes', 'What the layout optimizer did', 'Optimizer', soft(list.length ? `${verdicts.slice(0, 6).join(' ')} Before and after: L1D misses per 1,000 instructions on the objects concerned, by samples. What passes cost is part of all totals.` : 'Nothing: no pass promised to pay.'), ...(list.length ? [table([
    { title: 'at instruction', value: p => p.at_instruction }, { title: 'along', text: true, name: true, value: p => p.edges }, { title: 'verdict', text: true, value: p => p.verdict },
    { title: 'misses before', value: p => p.target_mpki_before, show: p => two(p.target_mpki_before) },
    { title: 'after', value: p => p.target_mpki_after || 0, show: p => two(p.target_mpki_after), style: toned },
    ...(list.some(p => p.undone) ? [{ title: 'undone', value: p => p.undone && p.undone.target_mpki_after || 0, show: p => !p.undone ? '' : p.undone.target_mpki_after == null ? '?' : two(p.undone.target_mpki_after) }] : []),
    { title: 'cost, cycles', value: p => p.cost_cycles },
    { title: 'cost, L1D misses', value: p => p.cost_l1d_misses || 0 }, { title: 'objects moved', value: p => p.moved_objects }, { title: 'pinned', value: p => p.pinned_objects || 0 }],
  listRows(list), { sort: null, label: 'Layout passes' })] : []));
}
/* The names of a class's fields as they lay; those that came to the front stand out. */
function order(text, before, after) {
  const rank = text => Object.fromEntries(text.split(', ').map((f, i) => [f.split(' ')[0], i])), from = rank(before), to = rank(after);
  return el('code', {}, ...text.split(', ').map(f => f.split(' ')).flatMap(([name, offset], i) => [i ? ', ' : '', el(to[name] < from[name] ? 'b' : 'span', { text: name, title: `offset ${offset}` })]));
}
function fieldMoves() {
  const list = head.field_moves || [];
  if (!list.length) return;
  const toned = m => m.stalls_after == null ? '' : m.stalls_after < m.stalls_before ? 'good' : 'bad';
  section('fields', 'Fields that the optimizer moved', 'Fields', soft('The order of the fields in instances; bold: those that came to the front. Stalls: cycles per 1,000 instructions on objects of the class, by samples. What moving cost is part of all totals.'),
    table([{ title: 'class', text: true, name: true, value: m => m.class }, { title: 'at instruction', value: m => m.at_instruction }, { title: 'verdict', text: true, value: m => m.verdict },
      { title: 'stalls before', value: m => m.stalls_before, show: m => two(m.stalls_before) }, { title: 'after', value: m => m.stalls_after || 0, show: m => two(m.stalls_after), style: toned },
      { title: 'lines a visit: before', value: m => m.lines_a_visit_before, show: m => two(m.lines_a_visit_before) }, { title: 'planned', value: m => m.lines_a_visit_after, show: m => two(m.lines_a_visit_after) },
      { title: 'cost, cycles', value: m => m.cost_cycles }, { title: 'cost, L1D misses', value: m => m.cost_l1d_misses }, { title: 'objects rewritten', value: m => m.rewritten_objects }], listRows(list), { sort: null, label: 'Fields that moved' }),
    ...list.flatMap(m => [el('h3', { text: m.class }), el('p', {}, el('b', { text: 'before: ' }), order(m.order_before, m.order_before, m.order_after)), el('p', {}, el('b', { text: 'after: ' }), order(m.order_after, m.order_before, m.order_after))]));
}
function firmware() {
  const list = (head.firmware || []).slice().sort((a, b) => b.cycles - a.cycles), all = head.totals.cycles || 1;
  if (list.length) section('firmware', 'Firmware: what the virtual machine itself cost', 'Firmware', table([{ title: 'service', text: true, name: true, value: s => s.name }, { title: 'cycles', value: s => s.cycles },
    { title: 'of all cycles', value: s => s.cycles, show: s => (100 * s.cycles / all).toFixed(2) + ' %', share: s => s.cycles / all, untotalled: true }, { title: 'instructions', value: s => s.instructions }], listRows(list), { sort: 1, total: [], label: 'Firmware' }));
}
function details() {
  const settings = [], counters = Object.entries(head.totals.counters || {}).map(([k, v]) => ({ k, v }));
  for (const [s, o] of Object.entries(head.core)) if (o && typeof o === 'object') for (const [k, v] of Object.entries(o)) settings.push({ k: s + '.' + k, v: String(v) });
  const folded = (text, columns, list) => {
    const d = el('details', { ontoggle: () => { if (d.open && d.children.length === 1) d.append(table(columns, listRows(list), { sort: null, filter: true, label: text })); } }, el('summary', { text }));
    return d;
  };
  section('details', 'Details', 'Details', folded('The core: every setting', [{ title: 'setting', text: true, name: true, value: r => r.k }, { title: 'value', value: r => r.v, show: r => r.v }], settings),
    folded('All counters', [{ title: 'counter', text: true, name: true, value: r => r.k }, { title: 'value', value: r => r.v }], counters));
}

/* ---- two reports ---------------------------------------------------------------------------------------------------------- */
function difference() {
  const d = report.diff, tone = r => r[3] < r[2] ? 'good' : r[3] > r[2] ? 'bad' : '', signed = n => (n > 0 ? '+' : n < 0 ? '−' : '') + num(Math.abs(n));
  const change = (a, b) => a ? (b >= a ? '+' : '−') + Math.abs(100 * (b - a) / a).toFixed(1) + ' %' : b ? 'new' : '0 %';
  document.querySelector('header').append(el('h1', { text: 'loam: two reports compared' }), el('p', {}, el('code', { text: 'before: ' + d.before })), el('p', {}, el('code', { text: 'after: ' + d.after })), nav);
  for (const t of d.tables) {
    const totals = t.key === 'totals', rows = textRows(t.key, t.rows), value = (r, i) => r[i] || 0;
    const columns = [{ title: 'name', text: true, name: true, value: r => r[0] }, { title: 'before', value: r => value(r, 2) }, { title: 'after', value: r => value(r, 3) },
      { title: 'difference', value: r => Math.abs(value(r, 3) - value(r, 2)), show: r => signed(value(r, 3) - value(r, 2)), style: tone, total: l => signed(l ? l.reduce((n, r) => n + value(r, 3) - value(r, 2), 0) : t.after - t.before) },
      { title: 'change', value: r => value(r, 2) ? (value(r, 3) - value(r, 2)) / value(r, 2) : 0, show: r => change(value(r, 2), value(r, 3)), style: tone, untotalled: true }];
    if (totals) section('verdict', 'Verdict', null, el('div', { class: 'verdict' }, ...d.verdict.map(text => el('p', { text }))));
    section(t.key, t.title, t.title, table(columns, rows, { sort: totals ? null : 3, total: totals ? null : [null, () => t.before, () => t.after], label: t.title }));
  }
}

if (report.diff) difference();
else for (const part of [title, verdict, views, levels, timeline, passes, fieldMoves, pictures, lines, sharing, firmware, details]) part();
document.body.dataset.rowsRead = rowsRead;
document.body.dataset.ready = 'yes';
