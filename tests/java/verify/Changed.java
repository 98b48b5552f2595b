/** Verifies classes whose dependencies have changed since they were compiled. */
public class Changed {
    public static void main(String[] args) throws Exception {
        for (String name : args) {
            try {
                Class.forName("users.Users$" + name);
                System.out.println(name + ": ok");
            } catch (Throwable e) {
                System.out.println(name + ": " + e);
            }
        }
    }
}
