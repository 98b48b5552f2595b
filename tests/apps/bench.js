// A small benchmark for JavaScript engines: objects, closures, strings, regular expressions, sorting, exceptions.
function Queens(n) {
    this.n = n; this.count = 0;
    this.place = function (row, cols, d1, d2) {
        if (row === this.n) { this.count++; return; }
        for (var c = 0; c < this.n; c++)
            if (!(cols & 1 << c || d1 & 1 << (row + c) || d2 & 1 << (row - c + this.n)))
                this.place(row + 1, cols | 1 << c, d1 | 1 << (row + c), d2 | 1 << (row - c + this.n));
    };
}
var q = new Queens(6); q.place(0, 0, 0, 0); print("queens " + q.count);
function Task(id, prio) { this.id = id; this.prio = prio; this.runs = 0; }
Task.prototype.step = function (queue) { this.runs++; this.prio = (this.prio * 7 + 3) % 101; if (this.runs < 20) queue.push(this); };
var queue = []; for (var i = 0; i < 50; i++) queue.push(new Task(i, i * 13 % 101));
var order = 0;
while (queue.length) { queue.sort(function (a, b) { return a.prio - b.prio || a.id - b.id; }); var t = queue.shift(); order = (order * 31 + t.id) % 1000003; t.step(queue); if (queue.length > 40) queue.length = 40; }
print("tasks " + order);
function fnv(s) { var h = 0x811c9dc5; for (var i = 0; i < s.length; i++) { h ^= s.charCodeAt(i); h = (h + ((h << 1) + (h << 4) + (h << 7) + (h << 8) + (h << 24))) >>> 0; } return h.toString(16); }
var text = ""; for (i = 0; i < 2000; i++) text += "word" + i % 37 + (i % 9 ? " " : "\n");
print("fnv " + fnv(text));
var counts = {}; text.replace(/\bword(\d)(\d?)\b/g, function (m, a, b) { counts[a + b] = (counts[a + b] || 0) + 1; return m; });
print("regexp " + Object.keys(counts).sort().map(function (k) { return k + "=" + counts[k]; }).join(","));
function tree(d) { return d ? { l: tree(d - 1), r: tree(d - 1), v: d } : null; }
function sum(t) { return t ? t.v + sum(t.l) + sum(t.r) : 0; }
print("tree " + sum(tree(12)));
var caught = 0; for (i = 0; i < 500; i++) try { if (i % 3 === 0) throw new Error("e" + i); else if (i % 3 === 1) null.x; } catch (e) { caught += e.message.length; } finally { caught++; }
print("caught " + caught);
var json = JSON.stringify({ a: [1, 2.5, "x\n", null, true], b: { c: [[], {}] } }); print(json, JSON.parse(json).a.length);
var m = 0; for (i = 0; i < 40000; i++) m = (m + Math.sqrt(i) * Math.sin(i)) % 1000; print(m.toFixed(6));
print([5, 1, 10].sort(), [3, 1, 2].reduce(function (a, b) { return a * 10 + b; }), (12345.678).toFixed(1), parseInt("ff", 16), 0.1 + 0.2);
var list = new java.util.ArrayList(); for (i = 0; i < 5; i++) list.add("j" + i); print(list, java.lang.Integer.toBinaryString(42));
