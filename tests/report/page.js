/* Runs behind the page's own script: clicks and types as a reader would, and leaves what went wrong in the document's title. */
addEventListener('DOMContentLoaded', async () => {
  const wrong = [], want = (ok, what) => { if (!ok) wrong.push(what); };
  const box = document.getElementById('views'), cells = n => [...box.querySelectorAll('tbody tr')].map(r => r.children[n].textContent);
  const numbers = n => cells(n).map(t => Number(t.replace(/,/g, ''))), down = l => l.every((v, i) => !i || l[i - 1] >= v), up = l => l.every((v, i) => !i || l[i - 1] <= v);
  const text = s => (document.querySelector(s) || { textContent: '' }).textContent, all = s => document.querySelectorAll(s).length;
  const idle = async () => { while (document.querySelector('[aria-busy]')) await new Promise(r => setTimeout(r, 5)); }; /* rows are unpacked */
  want(document.body.dataset.ready === 'yes', 'not ready');
  want(+document.body.dataset.rowsRead <= 100, 'read ' + document.body.dataset.rowsRead + ' rows to show the first');
  want(all('*') < 4000, all('*') + ' elements');
  want(document.querySelector('main section').id === 'summary' && /misses per 1,000 instructions/.test(text('#summary')), 'the verdict comes first');
  want(document.querySelectorAll('main section')[1].id === 'views', 'then where');
  want([...document.querySelectorAll('nav a')].every(a => document.querySelector(a.getAttribute('href'))) && all('nav a') > 5, 'links to the parts');
  want(numbers(1).length > 3 && down(numbers(1)), 'first sorted by misses');
  const total = () => box.querySelector('tfoot td:nth-child(2)').textContent, l1d = head.totals.levels.l1d.misses, grown = cells(0).length;
  want(total() === num(l1d), 'total ' + total());
  box.querySelector('.more').click(); await idle();
  want(cells(0).length > grown, 'more rows');
  const header = i => box.querySelectorAll('thead th')[i].querySelector('button');
  header(1).click(); await idle();
  want(up(numbers(1)), 'second click turns the order');
  want(total() === num(l1d), 'total in another order');
  header(0).click(); await idle();
  want(up(cells(0).map(t => t.toLowerCase())) || up(cells(0)), 'sorted by name');
  const needle = window.needle || 'LTree', filter = t => {
    const search = box.querySelector('input');
    search.value = t;
    search.dispatchEvent(new Event('input'));
  };
  filter(needle.toUpperCase()); await idle();
  want(cells(0).length > 0 && cells(0).every(t => t.includes(needle)), 'filter');
  const tabs = [...box.querySelectorAll('[role=tab]')];
  want(tabs.length === report.views.length && tabs.length >= 9, 'a tab for each view');
  tabs[1].click(); await idle();
  want(cells(0).length > 0 && cells(0).every(t => t.includes(needle)) && box.querySelector('input').value === needle.toLowerCase(), 'the filter stays');
  filter(''); await idle();
  for (const t of tabs) { t.click(); await idle(); want(all('#views tbody tr') > 0, t.textContent + ' is empty'); }
  tabs[tabs.length - 1].dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  want(tabs[0].getAttribute('aria-selected') === 'true' && document.activeElement === tabs[0], 'arrow keys change the view');
  const chart = document.querySelector('#timeline .chart'), press = key => chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  for (let tries = 0; tries < 200 && !all('#timeline canvas'); tries++) await new Promise(r => setTimeout(r, 20)); /* drawn when the rest is shown */
  want(all('#timeline canvas') > 0 && all('#timeline .dygraph-axis-label-x') > 1 && all('#timeline .dygraph-axis-label-y') > 2, 'timeline with axes');
  want(text('.dygraph-xlabel') === 'instructions' && /L1D misses per 1,000 instructions/.test(text('.dygraph-ylabel')), 'axes with units');
  press('ArrowRight'), press('ArrowRight');
  want(/^at [0-9.]+ [kMG]? ?instructions: [0-9.]+ L1D/.test(text('#timeline .tools span')), 'arrow keys read the timeline: ' + text('#timeline .tools span'));
  press('+'), press('0');
  const choice = document.querySelector('#timeline select');
  choice.value = 'cycles', choice.dispatchEvent(new Event('change'));
  want(/cycles per instruction/.test(text('.dygraph-ylabel')), 'another metric');
  want(all('#pictures rect') > 3 && all('#pictures svg[aria-label]') > 0, 'class pictures');
  if (head.picture_spans) want(all('#pictures figure') >= 2 && /since the last pass/.test(text('#pictures')), 'pictures before and after');
  if (head.layout_passes.length) want(/kept|did not pay|undone|not judged/.test(text('#passes')), 'what passes brought');
  for (const d of document.querySelectorAll('details')) d.open = true;
  want(document.documentElement.scrollWidth <= innerWidth, 'wider than the window: ' + document.documentElement.scrollWidth);
  /* A narrow phone, and a long name in the verdict. */
  document.querySelector('.verdict p').textContent = 'at ' + 'org.example.'.repeat(12);
  document.body.style.width = '340px', dispatchEvent(new Event('resize'));
  for (const s of document.querySelectorAll('main section')) want(s.scrollWidth <= s.clientWidth, `#${s.id} is wider than a phone: ${s.scrollWidth}`);
  document.body.style.width = '';
  document.title = wrong.length ? 'wrong: ' + wrong.join('; ') : 'page works';
});
