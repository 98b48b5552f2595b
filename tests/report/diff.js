/* Runs behind the script of a page of two reports compared; see page.js. */
addEventListener('DOMContentLoaded', () => {
  const wrong = [], want = (ok, what) => { if (!ok) wrong.push(what); }, cells = (id, n) => [...document.querySelectorAll(`#${id} tbody tr`)].map(r => r.children[n].textContent);
  want(document.body.dataset.ready === 'yes', 'not ready');
  want(document.querySelector('main section').id === 'verdict' && /cycles before, .* after: .*(better|worse)/.test(document.getElementById('verdict').textContent), 'the verdict comes first');
  want(cells('totals', 0)[0] === 'instructions' && cells('totals', 0).includes('L1D misses'), 'totals');
  const size = t => Number(t.replace(/[,+−]/g, '')), d = cells('by_class', 3).map(size);
  want(d.length > 3 && d.every((v, i) => !i || d[i - 1] >= v), 'most changed first');
  want(document.querySelectorAll('td.good').length > 0 && document.querySelectorAll('td.bad').length > 0, 'better and worse are told apart');
  want([...document.querySelectorAll('td.good')].every(e => /−/.test(e.textContent)), 'less is better');
  want(document.documentElement.scrollWidth <= innerWidth, 'wider than the window');
  document.title = wrong.length ? 'wrong: ' + wrong.join('; ') : 'page works';
});
