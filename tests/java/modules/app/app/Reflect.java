package app;
import java.util.*;
public class Reflect {
    public static void main(String[] a) throws Exception {
        Module m = lib.api.Api.class.getModule();
        System.out.println(m.getDescriptor().exports() + " " + m.getDescriptor().opens() + m.getDescriptor().provides() + m.getDescriptor().uses() + new TreeSet<>(m.getPackages()) + m.getDescriptor().isOpen() + m.getDescriptor().isAutomatic());
        System.out.println(lib.api.Api.class.getPackage() + " " + m.getClassLoader().getDefinedPackage("lib.api") + " " + Object.class.getModule().getDescriptor().name() + new TreeSet<>(ModuleLayer.boot().configuration().findModule("app").get().reads().stream().map(r -> r.name()).toList()));
        System.out.println(Class.forName(m, "lib.api.Api") + " " + Class.forName(m, "nope.Nope") + Class.forName(Object.class.getModule(), "java.lang.String"));
        System.out.println(ModuleLayer.boot().findLoader("java.sql") == null);
    }
}
