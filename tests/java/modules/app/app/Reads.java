package app;
public class Reads {
    public static void main(String[] a) throws Exception {
        ModuleLayer boot = ModuleLayer.boot();
        System.out.println(boot.findModule("user").isPresent());
        if (boot.findModule("user").isEmpty()) return;
        Class<?> c = Class.forName("user.First");
        System.out.println(Reads.class.getModule().canRead(c.getModule()) + " " + c.getDeclaredConstructor().newInstance().getClass().getMethod("name").invoke(c.getDeclaredConstructor().newInstance()));
    }
}
