package lib.internal;
public class Secret { public static String tell() { return "told"; } private int x = 3; @Override public String toString() { return "secret"; } public void fail() { throw new IllegalStateException("in lib"); } }
