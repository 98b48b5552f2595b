package users;

import base.Base;

/** Each nested class is verified against the other version of Base. */
public class Users {
    static class Get extends Base { int f(Base b) { return b.field; } }
    static class GetOwn extends Base { int f(Get2 b) { return b.field + this.field + count; } static class Get2 extends GetOwn { } }
    static class Put extends Base { void f(Base b) { b.field = 3; } }
    static class Call extends Base { int f(Base b) { return b.method(4L); } }
    static class CallSuper extends Base { int f() { return super.method(4L); } }
    static class Construct extends Base { Object f() { return new Base(); } }
    static class Return { Base f(Base.Sub s) { return s; } }
    static class ReturnInterface { Runnable f(Base b) { return b; } }
    static class Argument { int f(Base.Sub s) { return Integer.parseInt("1") + g(s); } int g(Base b) { return 1; } }
    static class Merge { Base f(boolean x, Base.Sub s) { Base b = s; if (x) b = null; return b; } }
    static class Arrays { Base[] f(Base.Sub[] s) { return s; } Runnable[][] g(Base[][] b) { return b; } }
    static class ArrayDeep { Base[] f(Base.Sub[][] s) { return s[0]; } }
    static class Catch { void f() { try { g(); } catch (Base.Thrown t) { g(); } } void g() { } }
    static class Throw { void f(Base.Thrown t) { throw t; } }
    static class Missing { Base f(Base.Gone g) { return g; } }
    static class MissingUnused { Object f(Base.Gone g) { return g; } }
    static class MissingSame { Base.Gone f(Base.Gone g) { return g; } }
    static class Indirect implements Base.Near { int f() { return far(); } }
    static class Store { Base b; static Base s; void f(Base.Sub t) { s = t; b = t; } }
    static class Cast { Base f(Object o) { return o instanceof Base.Sub ? (Base.Sub) o : (Base) o; } }
    static class Clone { Object f(int[] a, Base[] b) { return a.length > 1 ? a.clone() : b.clone(); } }
    static class Virtual { void f(Base.Sub s) { s.run(); } void g(Base.Sub s) { ((Base) s).run(); } }
}
