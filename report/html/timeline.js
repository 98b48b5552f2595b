/* The timeline: one of the counters per 1,000 instructions over the run, with layout passes, collections and what else was marked. Drawn by dygraphs:
   drag to zoom, double-click to see all again; or arrow keys, + and -, 0. */
const MARKS = { layout: '--mark', collection: '--good', reconfiguration: '--hot', compilation: '--soft' };
const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function timelineMetrics(columns) {
  const per = [['l1d', 'L1D misses'], ['l2', 'L2 misses'], ['l3', 'L3 misses'], ['l4', 'L4 misses'], ['llc', 'LLC misses'], ['dtlb', 'DTLB misses'], ['l1i', 'L1I misses'], ['mispredicted', 'mispredicted branches']]
    .filter(([k]) => columns.includes(k) && (!/^l[34]$/.test(k) || head.totals.levels[k])).map(([k, name]) => ({ key: k, name: name + ' per 1,000 instructions', scale: 1000 }));
  return [...per, { key: 'cycles', name: 'cycles per instruction', scale: 1 }, { key: 'firmware_cycles', name: 'firmware cycles per instruction', scale: 1 }];
}

/* Points in the middle of their intervals. */
function timelinePoints(rows, column, scale) {
  let before = 0;
  return rows.map(r => { const n = r[0] - before, mid = before + n / 2; before = r[0]; return [mid, n ? scale * r[column] / n : 0]; });
}

function drawMarks(marks) {
  return (ctx, area, g) => {
    const count = {};
    for (const m of marks) count[m.kind] = (count[m.kind] || 0) + 1;
    ctx.save();
    ctx.setLineDash([3, 3]);
    for (const m of marks) {
      const x = g.toDomXCoord(m.at);
      if (x < area.x || x > area.x + area.w) continue;
      ctx.strokeStyle = color(MARKS[m.kind] || '--soft');
      ctx.globalAlpha = m.kind === 'compilation' ? .3 : .9;
      /* Many are a seam at the bottom: they would hide the curve. */
      ctx.beginPath(), ctx.moveTo(x, count[m.kind] > 60 ? area.y + area.h - 8 : area.y), ctx.lineTo(x, area.y + area.h), ctx.stroke();
    }
    ctx.restore();
  };
}

function legend(marks) {
  const kinds = {};
  for (const m of marks) (kinds[m.kind] = kinds[m.kind] || []).push(m.at);
  return el('p', { class: 'soft legend' }, ...Object.entries(kinds).map(([k, list]) => {
    const swatch = el('i', {}), where = list.length <= 4 ? ` at ${list.map(short).join(', ')} instructions` : '';
    swatch.style.borderColor = `var(${MARKS[k] || '--soft'})`;
    return el('span', {}, swatch, `${num(list.length)} × ${k}${where}`);
  }));
}

function timeline() {
  const t = head.timeline;
  if (!t || !t.rows.length) return;
  const metrics = timelineMetrics(t.columns), box = el('div', { class: 'chart', role: 'img', tabindex: 0 }), said = el('span', { class: 'soft', 'aria-live': 'polite' });
  const choice = el('select', { 'aria-label': 'What the timeline shows', onchange: () => draw() }, ...metrics.map(m => el('option', { value: m.key, text: m.name })));
  let g = null, points = [], cursor = -1, metric = metrics[0];
  const say = () => said.textContent = cursor < 0 ? 'Point at the chart, or focus it and use the arrow keys, + and −.' : `at ${short(points[cursor][0])} instructions: ${two(points[cursor][1])} ${metric.name}`;
  section('timeline', 'Over time', 'Timeline', el('div', { class: 'tools' }, choice, said), box, legend(t.marks));
  function draw() {
    metric = metrics.find(m => m.key === choice.value);
    points = timelinePoints(t.rows, t.columns.indexOf(metric.key), metric.scale);
    cursor = -1;
    const most = points.reduce((n, p) => Math.max(n, p[1]), 0), still = () => {};
    box.setAttribute('aria-label', `${metric.name} over ${short(points[points.length - 1][0])} instructions, at most ${two(most)}`);
    if (g) g.destroy();
    g = new Dygraph(box, points, {
      labels: ['instructions', metric.name], xlabel: 'instructions', ylabel: metric.name, fillGraph: true, strokeWidth: 1.8, colors: [color('--accent')],
      axisLineColor: color('--rule'), gridLineColor: color('--rule'), includeZero: true, legend: 'never', drawPoints: points.length === 1, highlightCircleSize: 4, rightGap: 12,
      axes: { x: { axisLabelFormatter: short, axisLabelWidth: 60, pixelsPerLabel: 64 }, y: { axisLabelFormatter: short, axisLabelWidth: 52 } }, underlayCallback: drawMarks(t.marks),
      interactionModel: { ...Dygraph.defaultInteractionModel, touchstart: still, touchmove: still, touchend: still },
      highlightCallback: (e, x, p, row) => { cursor = row; say(); },
    });
    say();
  }
  function zoom(factor) {
    const [a, b] = g.xAxisRange(), mid = cursor < 0 ? (a + b) / 2 : points[cursor][0], half = (b - a) / 2 * factor, [low, high] = g.xAxisExtremes();
    g.updateOptions({ dateWindow: factor ? [Math.max(low, mid - half), Math.min(high, mid + half)] : null });
  }
  box.addEventListener('keydown', e => {
    if (!g) draw();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key], factor = { '+': .5, '-': 2, 0: 0 }[e.key];
    if (step) g.setSelection(cursor = Math.max(0, Math.min(points.length - 1, cursor + step))), say();
    else if (factor !== undefined) zoom(factor);
    else return;
    e.preventDefault();
  });
  afterwards(() => { if (!g) draw(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
}
