package app;
public class Main {
    public static void main(String[] a) {
        Module m = Main.class.getModule();
        System.out.println(lib.api.Api.hello() + " " + m + " " + (m.isNamed() ? "named" : "") + new java.util.TreeSet<>(m.getPackages()) + (m.getDescriptor() == null ? "" : m.getDescriptor().version() + "" + new java.util.TreeSet<>(m.getDescriptor().requires())));
        System.out.println(m.canRead(lib.api.Api.class.getModule()) + " " + (m.getLayer() == null ? 0 : m.getLayer().modules().size()) + " " + Main.class.getClassLoader().getName());
    }
}
