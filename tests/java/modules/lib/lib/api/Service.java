package lib.api;
public interface Service { String name(); }
