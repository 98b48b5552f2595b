package app;
public class Traces { public static void main(String[] a) throws Exception { try { Integer.parseInt("x"); } catch (NumberFormatException e) { System.out.println(e.getStackTrace()[3]); } Object s = lib.api.Api.secret(); System.out.println(s.getClass().getModule()); ((Runnable) (() -> { throw new IllegalStateException("uncaught"); })).run(); } }
