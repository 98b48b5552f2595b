package user;
public class Main { public static void main(String[] a) { System.out.println(Main.class.getModule().getDescriptor()); } }
