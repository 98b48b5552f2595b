package lib.api;
public class Api { public static String hello() { return "patched " + Api.class.getModule() + Extra.more(); } public static Object secret() { return null; } }
