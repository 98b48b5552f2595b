package user;
public class First implements lib.api.Service { public String name() { return "first"; } }
