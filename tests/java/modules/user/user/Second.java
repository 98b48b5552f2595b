package user;
public class Second { private Second() { } public static lib.api.Service provider() { return () -> "second"; } }
