# Classes, generators, comprehensions, exceptions, regular expressions, and Java from Python.
import re, itertools, collections, string
from java.util import ArrayList, TreeMap, HashMap
from java.lang import StringBuilder, Math, NumberFormatException, Integer
class Shape(object):
    def __init__(self, name): self.name = name
    def area(self): raise NotImplementedError
    def __repr__(self): return '<%s %.2f>' % (self.name, self.area())
class Rect(Shape):
    def __init__(self, w, h): super(Rect, self).__init__('rect'); self.w, self.h = w, h
    def area(self): return self.w * self.h
class Disc(Shape):
    def __init__(self, r): Shape.__init__(self, 'disc'); self.r = r
    def area(self): return 3.14159265 * self.r ** 2
print [Rect(2, 3), Disc(1.5)], sorted([Disc(3), Rect(1, 1)], key=lambda s: s.area())
def primes():
    found = []
    for n in itertools.count(2):
        if all(n % p for p in itertools.takewhile(lambda p: p * p <= n, found)):
            found.append(n); yield n
print list(itertools.islice(primes(), 200))[-10:]
words = re.findall(r'[a-z]+', 'the quick brown fox jumps over the lazy dog the end')
print sorted(collections.Counter(words).items(), key=lambda kv: (-kv[1], kv[0]))[:4]
print {w: len(w) for w in words}, 2 ** 200, 7 // 2, -7 // 2, -7 % 3, divmod(17, 5), round(2.675, 2)
jl = ArrayList([3, 1, 2]); jl.sort(None); print jl, TreeMap({'b': 1, 'a': 2}), Math.max(3, 9)
print StringBuilder('abc').reverse(), Integer.toHexString(255)
try: Shape('x').area()
except NotImplementedError as e: print 'not implemented', type(e).__name__
try: Integer.parseInt('zz')
except NumberFormatException, e: print e.getMessage()
try: {}['k']
except KeyError as e: print 'key', e
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print fib(17), sum(i * i for i in xrange(20000)), reduce(lambda a, b: a * b, range(1, 25))
matrix = [[i * j % 7 for j in range(30)] for i in range(30)]
print sum(sum(r) for r in [[sum(a * b for a, b in zip(row, col)) for col in zip(*matrix)] for row in matrix])
exec 'x = [c for c in string.ascii_letters if c in "aeiou"]'
print x, '%05d|%-6s|%r' % (42, 'ab', u'\xe9'), ','.join(reversed('abc'))
class Runner(__import__('java.lang', fromlist=['Runnable']).Runnable):
    def run(self): results.append('ran')
results = []
from java.lang import Thread
t = Thread(Runner()); t.start(); t.join(); print results
with open('session.out', 'w') as f: f.write('\n'.join(str(i) for i in range(100)))
print len(open('session.out').read())
