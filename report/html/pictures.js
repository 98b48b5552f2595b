/* Pictures of classes: an instance's bytes, 32 to a row, each field the redder the more it misses; before the first layout pass and since the last. */
const PER_ROW = 32, PICTURE_WIDTH = 320, ROW_HEIGHT = 34;

/* fields: [{name, type, offset, bytes, heat: 0..1, said}] */
function classPicture(name, bytes, fields) {
  const unit = PICTURE_WIDTH / PER_ROW, rows = Math.ceil(bytes / PER_ROW) || 1;
  const s = svg('svg', { viewBox: `0 0 ${PICTURE_WIDTH + 10} ${rows * ROW_HEIGHT + 16}`, role: 'img', 'aria-label': `${name}: ` + fields.map(f => `${f.name} at ${f.offset}: ${f.said}`).join('; ') });
  for (let b = 0; b <= PER_ROW; b += 8) s.append(svg('text', { class: 'ruler', x: b ? 2 + b * unit : 2, 'text-anchor': b ? 'middle' : 'start', y: rows * ROW_HEIGHT + 10 }, b));
  const frame = (o, n, props) => svg('rect', { x: 2 + (o % PER_ROW) * unit, y: Math.floor(o / PER_ROW) * ROW_HEIGHT, width: n * unit, height: ROW_HEIGHT - 6, rx: 2, ...props });
  for (let o = 0; o < bytes; o += PER_ROW) s.append(frame(o, Math.min(PER_ROW, bytes - o), { class: 'padding' }));
  for (const f of fields)
    for (let o = f.offset, n; o < f.offset + f.bytes; o += n) {
      n = Math.min(f.offset + f.bytes, (Math.floor(o / PER_ROW) + 1) * PER_ROW) - o;
      const r = frame(o, n, {}), fits = Math.floor(n * unit / 6.7);
      r.style.fill = `color-mix(in srgb, var(--hot) ${Math.round(85 * f.heat)}%, var(--head))`;
      r.append(svg('title', {}, `${f.name} (${f.type}), offset ${f.offset}, ${f.bytes} bytes: ${f.said}`));
      s.append(r);
      if (fits > 1) s.append(svg('text', { class: 'label', x: 6 + (o % PER_ROW) * unit, y: Math.floor(o / PER_ROW) * ROW_HEIGHT + 18 }, f.name.length > fits ? f.name.slice(0, fits - 1) + '…' : f.name));
    }
  return s;
}

const rateOf = (n, instructions) => instructions > 0 ? 1e6 * n / instructions : 0;
const rateText = r => (r >= 100 ? num(r) : two(r)) + ' per million instructions';

/* Both sides are red by the same measure. */
function sides(c, spans, use) {
  const side = when => c.fields.map(f => ({ ...f, offset: when === 'before' && f.offset_before != null ? f.offset_before : f.offset, rate: rateOf(f['l1d_' + when], spans[when]) }));
  const both = { before: side('before'), after: side('after') }, hottest = Math.max(...both.before.map(f => f.rate), ...both.after.map(f => f.rate), 1e-9);
  const sum = when => both[when].reduce((n, f) => n + f.rate, 0), bytes = when => when === 'before' && c.bytes_before != null ? c.bytes_before : c.bytes;
  return ['before', 'after'].map(when => el('figure', {}, el('figcaption', {}, when === 'before' ? 'before the first pass: ' : 'since the last pass: ',
    el('b', { class: when === 'before' ? null : sum('after') < sum('before') ? 'good' : sum('after') > sum('before') ? 'bad' : null, text: rateText(sum(when)) }),
    use && use[when] && use[when].fetched ? `; ${(use[when].bytes_used / use[when].fetched).toFixed(1)} bytes used of a line` : ''),
  classPicture(c.name, bytes(when), both[when].map(f => ({ ...f, heat: f.rate / hottest, said: rateText(f.rate) })))));
}

function pictures() {
  const list = head.class_pictures || [], line = head.core.l1d.line_bytes, uses = Object.fromEntries(((head.lines || {}).by_class || []).map(l => [l.name, l]));
  if (!list.length) return;
  const one = c => {
    const hottest = Math.max(...c.fields.map(f => f.l1d), 1), use = uses[c.name];
    const facts = [`${c.bytes} bytes` + (c.bytes_before != null ? ` (before: ${c.bytes_before})` : ''), `${(line / c.bytes).toFixed(1)} to a line`, `${num(c.l1d)} L1D misses`];
    if (use && use.fetched) facts.push(`${(use.bytes_used / use.fetched).toFixed(1)} of ${line} bytes of a line used`);
    return el('div', {}, el('h3', { text: c.name }), el('span', { class: 'soft', text: facts.join(' · ') }),
      ...(head.picture_spans ? sides(c, head.picture_spans, use) : [classPicture(c.name, c.bytes, c.fields.map(f => ({ ...f, heat: f.l1d / hottest, said: `${num(f.l1d)} L1D misses, ${pct(f.l1d, c.l1d)}` })))]));
  };
  /* Those that matter at first: small numbers are as red as large ones. */
  const all = head.totals.levels.l1d.misses, many = Math.min(6, Math.max(1, list.filter(c => c.l1d >= all / 100).length));
  const box = el('div', { class: 'pictures' }, ...list.slice(0, many).map(one)), rest = list.slice(many);
  const more = el('button', { class: 'more', type: 'button', text: `Show ${rest.length} classes with fewer misses`, onclick: () => { box.append(...rest.map(one)); more.remove(); } });
  section('pictures', 'How the hottest classes are laid out', 'Classes', soft(`32 bytes to a row; a cache line has ${line}. The redder a field, the more of its class's L1D misses it has${head.picture_spans ? ', by the same measure before and after layout passes' : ''}; a part with a dashed frame is padding.`), box, ...(rest.length ? [more] : []));
}
