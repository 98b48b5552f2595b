public class Loose {
    public static void main(String[] a) throws Exception {
        if (a.length > 0) System.out.println(Class.forName("lib.internal.Secret").getMethod("tell").invoke(null));
        System.out.println(lib.api.Api.hello() + " " + Loose.class.getModule().isNamed());
    }
}
