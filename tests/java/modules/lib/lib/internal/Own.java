package lib.internal;
public class Own implements lib.api.Service { public String name() { return "own"; } }
