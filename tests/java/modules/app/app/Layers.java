package app;
import java.lang.module.*;
import java.nio.file.*;
import java.util.*;
public class Layers {
    public static void main(String[] a) throws Exception {
        ModuleFinder finder = ModuleFinder.of(Path.of(a[0]));
        ModuleLayer boot = ModuleLayer.boot();
        for (boolean many : new boolean[] {false, true}) {
            Configuration c = boot.configuration().resolveAndBind(finder, ModuleFinder.of(), Set.of("user"));
            ModuleLayer layer = many ? boot.defineModulesWithManyLoaders(c, null) : boot.defineModulesWithOneLoader(c, ClassLoader.getSystemClassLoader());
            ClassLoader l = layer.findLoader("user");
            Class<?> k = l.loadClass("user.First");
            System.out.println(layer.modules().size() + " " + k.getModule() + (k.getModule().getLayer() == layer) + layer.parents().equals(List.of(boot)) + (k.getClassLoader() == ClassLoader.getSystemClassLoader()));
            List<String> found = new ArrayList<>();
            for (lib.api.Service s : ServiceLoader.load(layer, lib.api.Service.class)) found.add(s.name());
            System.out.println(found.size() + " " + k.getInterfaces()[0].getModule().getLayer().equals(boot));
        }
        try { Configuration.empty().resolve(finder, ModuleFinder.of(), Set.of("user")); } catch (FindException e) { System.out.println(e.getMessage()); }
        try { boot.configuration().resolve(finder, ModuleFinder.of(), Set.of("nope")); } catch (FindException e) { System.out.println(e.getMessage()); }
        ModuleDescriptor d = ModuleDescriptor.newModule("made").packages(Set.of("made")).exports("made").build();
        System.out.println(d + " " + d.toNameAndVersion());
        try { ModuleDescriptor.newModule("1bad"); } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        ModuleLayer.Controller ctl = ModuleLayer.defineModulesWithOneLoader(boot.configuration().resolve(finder, ModuleFinder.of(), Set.of("user")), List.of(boot), null);
        Module u = ctl.layer().findModule("user").get();
        ctl.addOpens(u, "user", Layers.class.getModule());
        System.out.println(u.isOpen("user", Layers.class.getModule()) + " " + u.getAnnotations().length + u.isAnnotationPresent(Deprecated.class));
    }
}
