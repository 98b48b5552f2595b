package app;
public class Resources {
    public static void main(String[] a) throws Exception {
        System.out.println(lib.api.Api.class.getResourceAsStream("text.txt") == null);
        System.out.println(lib.api.Api.class.getModule().getResourceAsStream("lib/internal/Secret.class") != null);
        System.out.println(Resources.class.getClassLoader().getResource("lib/internal/Secret.class") != null);
        System.out.println(Object.class.getResourceAsStream("/java/lang/Object.class") != null);
        System.out.println(Resources.class.getResource("/module-info.class") != null);
    }
}
