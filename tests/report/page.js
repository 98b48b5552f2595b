/* Runs behind the page's own script: clicks and types as a reader would, and leaves what went wrong in the document's title. */
(() => {
  const wrong = [], want = (ok, what) => { if (!ok) wrong.push(what); };
  const box = document.getElementById('views'), cells = n => [...box.querySelectorAll('tbody tr')].map(r => r.children[n].textContent);
  const numbers = n => cells(n).map(t => Number(t.replace(/,/g, ''))), down = l => l.every((v, i) => !i || l[i - 1] >= v), up = l => l.every((v, i) => !i || l[i - 1] <= v);
  want(document.body.dataset.ready === 'yes', 'not ready');
  want(numbers(1).length > 3 && down(numbers(1)), 'first sorted by misses');
  const head = i => box.querySelectorAll('thead th')[i].querySelector('button');
  head(1).click();
  want(up(numbers(1)), 'second click turns the order');
  head(0).click();
  want(up(cells(0).map(t => t.toLowerCase())) || up(cells(0)), 'sorted by name');
  const search = box.querySelector('input');
  search.value = 'ltree';
  search.dispatchEvent(new Event('input'));
  want(cells(0).length > 0 && cells(0).every(t => /ltree/i.test(t)), 'filter');
  const tabs = [...box.querySelectorAll('[role=tab]')];
  want(tabs.length === 9, 'nine views');
  for (const t of tabs) { t.click(); want(box.querySelectorAll('tbody tr').length > 0, t.textContent + ' is empty'); }
  tabs[8].dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  want(tabs[0].getAttribute('aria-selected') === 'true' && document.activeElement === tabs[0], 'arrow keys change the view');
  want(document.querySelectorAll('#timeline path').length === 2 && document.querySelectorAll('#timeline text').length > 6, 'timeline with axes');
  want(document.querySelectorAll('#pictures rect').length > 3, 'class pictures');
  want(document.documentElement.scrollWidth <= innerWidth, 'wider than the window: ' + document.documentElement.scrollWidth);
  document.title = wrong.length ? 'wrong: ' + wrong.join('; ') : 'page works';
})();
