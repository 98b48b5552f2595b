// Closures, builders, categories, metaprogramming, traits and collections.
import groovy.transform.*
@Immutable class Point { int x, y; Point plus(Point o) { new Point(x + o.x, y + o.y) } }
@ToString @EqualsAndHashCode class Item { String name; BigDecimal price; List tags = [] }
trait Loud { String shout() { name.toUpperCase() + '!' } }
class Dog implements Loud { String name }
println new Point(1, 2) + new Point(3, 4)
println new Dog(name: 'rex').shout()
println((1..20).findAll { it % 3 == 0 }.collect { it ** 2 }.inject(0) { a, b -> a + b })
def items = (1..200).collect { new Item(name: "n${it % 17}", price: it * 1.25, tags: ['t' + it % 3]) }
println items.groupBy { it.name }.collectEntries { k, v -> [k, v*.price.sum()] }.sort { -it.value }.take(4)
println items[3] == new Item(name: 'n4', price: 5.00, tags: ['t1'])
Integer.metaClass.twice = { delegate * 2 }
println 21.twice()
def memo
memo = { n -> n < 2 ? n as BigInteger : memo(n - 1) + memo(n - 2) }
memo = memo.memoize()
println memo(90)
def writer = new StringWriter()
new groovy.xml.MarkupBuilder(writer).people { (1..3).each { i -> person(id: i) { name("P$i") } } }
println writer
def parsed = new XmlSlurper().parseText(writer.toString())
println parsed.person.collect { "${it.@id}:${it.name}" }
println new groovy.json.JsonBuilder([a: 1, b: [true, null, 'x'], c: [d: 2.5]]).toString()
println new groovy.json.JsonSlurper().parseText('{"k":[1,2,{"z":"y"}]}').k[2].z
println 'hello world'.replaceAll(/o(.)?/) { all, c -> "<${c ?: ''}>" }
switch ([1, 2]) { case List: println 'list'; break; default: println 'other' }
try { null.foo() } catch (NullPointerException e) { println e.message }
try { 'abc'.nope(1) } catch (MissingMethodException e) { println e.message.readLines()[0] }
@CompileStatic int total(int n) { int s = 0; for (int i = 0; i < n; i++) s += i % 7; s }
println total(100000)
int s = 0; for (i in 0..<20000) s += i % 5
println s
println new GroovyShell(new Binding(a: 6)).evaluate('a * 7')
use(groovy.time.TimeCategory) { println((2.hours + 30.minutes).toMilliseconds()) }
def (a, b) = [10, 20]; println "$a ${b} ${-> a + b}"
