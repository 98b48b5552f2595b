/** The classes that the loaders of Constraints define, each for itself. */
public class Con {
    public static class Arg { }
    public static class Api {
        public static Arg field;
        public static void take(Arg a) { }
        public static void takeNone(Arg a) { }
        public static void load() { new Arg(); }
        public static Arg[] give(int n) { return null; }
    }
    public interface Face { void take(Arg a); default Arg back() { return null; } }
    public static class Base implements Runnable { public void over(long n, Arg a) { } public void run() { } }
    public static class Call implements Runnable { public void run() { Api.load(); Api.take(new Arg()); } }
    public static class Field implements Runnable { public void run() { Api.load(); new Arg(); Api.field = null; } }
    public static class Array implements Runnable { public void run() { Api.load(); new Arg(); Api.give(1); } }
    public static class CallFace implements Runnable { public void run() { Api.load(); new Arg(); Face f = null; f.take(null); } }
    public static class Sub extends Base { { Api.load(); } Arg a = new Arg(); @Override public void over(long n, Arg x) { } }
    public static class Impl implements Face, Runnable { Arg a = new Arg(); public void take(Arg x) { } public void run() { Api.load(); ((Face) this).take(a); } }
    public static class Late implements Runnable { public void run() { Api.takeNone(null); new Arg(); Api.load(); } }
}
