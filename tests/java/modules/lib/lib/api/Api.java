package lib.api;
public class Api { public static String hello() { return "hello from " + Api.class.getModule(); } public static Object secret() { return new lib.internal.Secret(); } protected int guarded = 4; }
