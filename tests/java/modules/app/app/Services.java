package app;
import java.util.*;
public class Services {
    public static void main(String[] a) {
        TreeSet<String> names = new TreeSet<>();
        for (lib.api.Service s : ServiceLoader.load(lib.api.Service.class)) names.add(s.name());
        System.out.println(names);
        ServiceLoader.load(lib.api.Service.class).stream().map(p -> p.type().getName()).sorted().forEach(System.out::println);
        try { ServiceLoader.load(Runnable.class); } catch (ServiceConfigurationError e) { System.out.println(e); }
    }
}
