package app;
public class Denied {
    interface Body { Object run() throws Throwable; }
    static void test(String n, Body b) { try { System.out.println(n + ": " + b.run()); } catch (Throwable t) { System.out.println(n + ": " + t + (t.getCause() == null ? "" : " <- " + t.getCause())); } }
    public static void main(String[] a) {
        test("reflective", () -> Class.forName("lib.internal.Secret").getMethod("tell").invoke(null));
        test("private", () -> { var f = Class.forName("lib.internal.Secret").getDeclaredField("x"); f.setAccessible(true); return f.get(lib.api.Api.secret()); });
        test("handle", () -> java.lang.invoke.MethodHandles.lookup().findStatic(Class.forName("lib.internal.Secret"), "tell", java.lang.invoke.MethodType.methodType(String.class)).invoke());
        test("private lookup", () -> java.lang.invoke.MethodHandles.privateLookupIn(Class.forName("lib.internal.Secret"), java.lang.invoke.MethodHandles.lookup()));
        test("to string", () -> lib.api.Api.secret().toString());
        test("flags", () -> { Module l = lib.api.Api.class.getModule(); return "" + l.isExported("lib.internal") + l.isExported("lib.internal", Denied.class.getModule()) + l.isOpen("lib.internal", Denied.class.getModule()) + l.isOpen("lib.api") + l.isExported("lib.api"); });
        test("add exports", () -> lib.api.Api.class.getModule().addExports("lib.internal", Denied.class.getModule()));
        test("sql", () -> Class.forName("java.sql.Driver").getModule());
        test("java.lang", () -> { var f = String.class.getDeclaredField("value"); f.setAccessible(true); return f; });
    }
}
