// modes: native
import java.awt.*;
import java.awt.geom.*;
import java.awt.image.*;
import java.beans.*;
import java.io.*;
import java.util.*;
import javax.imageio.ImageIO;

/** Headless graphics: images, drawing, geometry, encoding; beans; RMI on the loopback interface; JNDI names; incubators absent. */
public class Headless {
    static void p(Object o) { System.out.println(o); }
    public interface Remote1 extends java.rmi.Remote { String hi(String n) throws java.rmi.RemoteException; }
    public static class Impl implements Remote1 { public String hi(String n) { if (n == null) throw new
        IllegalArgumentException("null name"); return "hi " + n; } }
    public static class Bean { private int x; private final PropertyChangeSupport s = new PropertyChangeSupport(this); public int getX() {
        return x; } public void setX(int v) { int o = x; x = v; s.firePropertyChange("x", o, v); } public boolean isOk() { return true; }
        public void addPropertyChangeListener(PropertyChangeListener l) { s.addPropertyChangeListener(l); } }
    public static void main(String[] a) throws Exception {
        System.setProperty("java.awt.headless", "true");
        p(GraphicsEnvironment.isHeadless());
        BufferedImage im = new BufferedImage(60, 40, BufferedImage.TYPE_INT_ARGB);
        Graphics2D g = im.createGraphics();
        g.setColor(Color.RED);
        g.fillRect(5, 5, 20, 10);
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setPaint(new GradientPaint(0, 0, Color.BLUE, 60, 40, Color.GREEN));
        g.fill(new Ellipse2D.Double(20, 10, 30, 25));
        g.setStroke(new BasicStroke(2.5f));
        g.rotate(.3);
        g.draw(new Line2D.Float(0, 0, 50, 20));
        g.dispose();
        p(Arrays.hashCode(im.getRGB(0, 0, 60, 40, null, 0, 60)));
        ByteArrayOutputStream bo = new ByteArrayOutputStream();
        p(ImageIO.write(im, "png", bo));
        BufferedImage back = ImageIO.read(new ByteArrayInputStream(bo.toByteArray()));
        p(back.getWidth() + " " + (back.getRGB(10, 10) == im.getRGB(10, 10)));
        BufferedImage sc = new AffineTransformOp(AffineTransform.getScaleInstance(2, 2), AffineTransformOp.TYPE_BILINEAR).filter(im, null);
        p(sc.getWidth() + " " + Arrays.hashCode(sc.getRGB(0, 0, 120, 80, null, 0, 120)));
        BufferedImage gray = new ColorConvertOp(java.awt.color.ColorSpace.getInstance(java.awt.color.ColorSpace.CS_GRAY), null).filter(im, null);
        p(gray.getType());
        ByteArrayOutputStream jo = new ByteArrayOutputStream();
        BufferedImage rgb = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        p(ImageIO.write(rgb, "jpg", jo));
        p(ImageIO.read(new ByteArrayInputStream(jo.toByteArray())).getHeight());
        Area ar = new Area(new Rectangle(0, 0, 10, 10));
        ar.subtract(new Area(new Ellipse2D.Double(5, 5, 10, 10)));
        p(ar.getBounds() + " " + ar.contains(9, 9) + new Point(1, 2) + Color.decode("#ff8000") + AffineTransform.getRotateInstance(Math.PI /
            2).getType());
        try { new Frame(); } catch (HeadlessException e) { p(e.getClass()); }
        Bean b = new Bean();
        b.addPropertyChangeListener(e -> p(e.getPropertyName() + e.getOldValue() + e.getNewValue()));
        b.setX(5);
        for (PropertyDescriptor d : Introspector.getBeanInfo(Bean.class, Object.class).getPropertyDescriptors()) p(d.getName() +
            d.getPropertyType() + d.getReadMethod());
        ByteArrayOutputStream xo = new ByteArrayOutputStream();
        try (XMLEncoder e = new XMLEncoder(xo)) { e.writeObject(new ArrayList<>(java.util.List.of("x", 3))); }
        try (XMLDecoder d = new XMLDecoder(new ByteArrayInputStream(xo.toByteArray()))) { p(d.readObject()); }
        System.setProperty("java.rmi.server.hostname", "127.0.0.1");
        java.rmi.registry.Registry r = java.rmi.registry.LocateRegistry.createRegistry(0);
        Impl impl = new Impl();
        Remote1 stub = (Remote1) java.rmi.server.UnicastRemoteObject.exportObject(impl, 0);
        r.rebind("svc", stub);
        Remote1 got = (Remote1) r.lookup("svc");
        p(got.hi("rmi"));
        try { got.hi(null); } catch (IllegalArgumentException e) { p(e.getMessage()); }
        try { r.lookup("zzz"); } catch (java.rmi.NotBoundException e) { p(e.getMessage()); }
        java.rmi.server.UnicastRemoteObject.unexportObject(impl, true);
        java.rmi.server.UnicastRemoteObject.unexportObject(r, true);
        try { new javax.naming.InitialContext().lookup("x"); } catch (javax.naming.NoInitialContextException e) { p(e.getMessage()); }
        p(new javax.naming.ldap.LdapName("cn=a,ou=b").getRdn(0));
        try { Class<?> ev = Class.forName("jdk.jfr.FlightRecorder"); p("jfr " + (ev != null)); } catch (ClassNotFoundException e) { p("no jfr"); }
        javax.swing.DefaultListModel<String> lm = new javax.swing.DefaultListModel<>();
        lm.addElement("q");
        p(lm);
        javax.swing.text.PlainDocument doc = new javax.swing.text.PlainDocument();
        doc.insertString(0, "text", null);
        p(doc.getText(0, 4));
        System.exit(0);
    }
}
