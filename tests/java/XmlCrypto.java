// modes: native
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.security.spec.*;
import java.util.*;
import javax.crypto.*;
import javax.crypto.spec.*;
import javax.xml.parsers.*;
import javax.xml.stream.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.*;
import javax.xml.transform.stream.*;
import javax.xml.xpath.*;
import org.w3c.dom.*;
import org.xml.sax.*;
import org.xml.sax.helpers.DefaultHandler;

/** XML (DOM, SAX, StAX, XPath, XSLT) and cryptography; java.sql's types. */
public class XmlCrypto {
    static void p(Object o) { System.out.println(o); }
    static String hex(byte[] b) { return HexFormat.of().formatHex(b); }
    public static void main(String[] a) throws Exception {
        String xml = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY e \"ent\">]><r xmlns:n=\"urn:n\"><item id=\"1\" n:k=\"v\">text &e; &amp; &#x20ac;</item><!-- c --><item id=\"2\"><![CDATA[<raw>]]></item><n:deep><x/></n:deep></r>";
        DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
        f.setNamespaceAware(true);
        Document d = f.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
        NodeList l = d.getElementsByTagName("item");
        for (int i = 0; i < l.getLength(); i++) p(l.item(i).getTextContent() + ((Element) l.item(i)).getAttribute("id"));
        XPath xp = XPathFactory.newInstance().newXPath();
        p(xp.evaluate("count(//item[@id>1])", d) + xp.evaluate("string(/r/item[1])", d) + xp.evaluate("sum(//@id) * 2", d, XPathConstants.NUMBER));
        d.getDocumentElement().appendChild(d.createElementNS("urn:n", "n:added")).appendChild(d.createTextNode("<&>"));
        StringWriter w = new StringWriter();
        Transformer t = TransformerFactory.newInstance().newTransformer();
        t.setOutputProperty(OutputKeys.INDENT, "yes");
        t.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        t.transform(new DOMSource(d), new StreamResult(w));
        p(w);
        SAXParserFactory.newInstance().newSAXParser().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), new
            DefaultHandler() { public void startElement(String u, String n, String q, Attributes at) { System.out.print("<" + q +
            at.getLength()); } public void characters(char[] c, int s, int n) { System.out.print("'" + new String(c, s, n)); } public void
            endElement(String u, String n, String q) { System.out.print(">"); } });
        p("");
        try { f.newDocumentBuilder().parse(new InputSource(new StringReader("<a><b></a>"))); } catch (SAXParseException e) {
            p(e.getMessage() + e.getLineNumber()); }
        XMLStreamReader xr = XMLInputFactory.newInstance().createXMLStreamReader(new StringReader("<q a='1'>t<s/></q>"));
        StringBuilder sb = new StringBuilder();
        while (xr.hasNext()) { int e = xr.next(); sb.append(e).append(xr.hasName() ? xr.getLocalName() : "").append(','); }
        p(sb);
        StringWriter sw = new StringWriter();
        XMLStreamWriter xw = XMLOutputFactory.newInstance().createXMLStreamWriter(sw);
        xw.writeStartDocument();
        xw.writeStartElement("o");
        xw.writeAttribute("k", "<v>");
        xw.writeCharacters("a&b");
        xw.writeEndElement();
        xw.writeEndDocument();
        p(sw);
        StringWriter xs = new StringWriter();
        TransformerFactory.newInstance().newTransformer(new StreamSource(new
            StringReader("<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:output method='text'/><xsl:template match='/'><xsl:for-each select='//item'><xsl:sort select='@id' order='descending'/>[<xsl:value-of select='@id'/>:<xsl:value-of select='.'/>]</xsl:for-each></xsl:template></xsl:stylesheet>"))).transform(new StreamSource(new StringReader(xml)), new StreamResult(xs));
        p(xs);
        for (String al : new String[] { "MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256" }) p(al +
            hex(MessageDigest.getInstance(al).digest("abc".getBytes())));
        Mac m = Mac.getInstance("HmacSHA256");
        m.init(new SecretKeySpec("key".getBytes(), "X"));
        p(hex(m.doFinal("data".getBytes())));
        Cipher c = Cipher.getInstance("AES/CBC/PKCS5Padding");
        SecretKeySpec k = new SecretKeySpec(new byte[16], "AES");
        c.init(Cipher.ENCRYPT_MODE, k, new IvParameterSpec(new byte[16]));
        byte[] enc = c.doFinal("attack at dawn, twice".getBytes());
        c.init(Cipher.DECRYPT_MODE, k, new IvParameterSpec(new byte[16]));
        p(hex(enc) + new String(c.doFinal(enc)));
        enc[enc.length - 1]++;
        try { c.doFinal(enc); } catch (BadPaddingException e) { p(e.getMessage()); }
        Cipher g = Cipher.getInstance("AES/GCM/NoPadding");
        g.init(Cipher.ENCRYPT_MODE, k, new GCMParameterSpec(128, new byte[12]));
        g.updateAAD("aad".getBytes());
        byte[] ge = g.doFinal("gcm".getBytes());
        p(hex(ge));
        g.init(Cipher.DECRYPT_MODE, k, new GCMParameterSpec(128, new byte[12]));
        try { g.doFinal(ge); } catch (AEADBadTagException e) { p(e.getMessage()); }
        Cipher ch = Cipher.getInstance("ChaCha20-Poly1305");
        ch.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[32], "ChaCha20"), new IvParameterSpec(new byte[12]));
        p(hex(ch.doFinal("c".getBytes())));
        SecretKeyFactory sf = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
        p(hex(sf.generateSecret(new PBEKeySpec("pw".toCharArray(), "salt".getBytes(), 100, 128)).getEncoded()));
        KeyPairGenerator kg = KeyPairGenerator.getInstance("RSA");
        kg.initialize(512);
        KeyPair kp = kg.generateKeyPair();
        Signature s = Signature.getInstance("SHA1withRSA");
        s.initSign(kp.getPrivate());
        s.update("m".getBytes());
        byte[] sig = s.sign();
        s.initVerify(kp.getPublic());
        s.update("m".getBytes());
        p(sig.length + "" + s.verify(sig));
        s.update("n".getBytes());
        p(s.verify(sig));
        KeyPairGenerator eg = KeyPairGenerator.getInstance("EC");
        eg.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair e1 = eg.generateKeyPair(), e2 = eg.generateKeyPair();
        Signature es = Signature.getInstance("SHA256withECDSA");
        es.initSign(e1.getPrivate());
        es.update((byte) 1);
        byte[] esig = es.sign();
        es.initVerify(e1.getPublic());
        es.update((byte) 1);
        p(es.verify(esig));
        KeyAgreement ka = KeyAgreement.getInstance("ECDH"), kb = KeyAgreement.getInstance("ECDH");
        ka.init(e1.getPrivate());
        ka.doPhase(e2.getPublic(), true);
        kb.init(e2.getPrivate());
        kb.doPhase(e1.getPublic(), true);
        p(Arrays.equals(ka.generateSecret(), kb.generateSecret()));
        KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Signature eds = Signature.getInstance("Ed25519");
        eds.initSign(ed.getPrivate());
        eds.update(sig);
        byte[] edsig = eds.sign();
        eds.initVerify(ed.getPublic());
        eds.update(sig);
        p(eds.verify(edsig));
        p(KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(kp.getPublic().getEncoded())).equals(kp.getPublic()));
        SecureRandom sr = new SecureRandom();
        p(sr.nextInt() != sr.nextInt());
        SecureRandom det = SecureRandom.getInstance("SHA1PRNG");
        det.setSeed(5);
        p(det.nextLong());
        try { MessageDigest.getInstance("NOPE"); } catch (NoSuchAlgorithmException e) { p(e.getMessage()); }
        p(Arrays.stream(Security.getProviders()).map(Provider::getName).toList());
        KeyStore ks = KeyStore.getInstance("PKCS12");
        ks.load(null, null);
        ks.setEntry("k", new KeyStore.SecretKeyEntry(k), new KeyStore.PasswordProtection("pw".toCharArray()));
        var bo = new ByteArrayOutputStream();
        ks.store(bo, "pw".toCharArray());
        ks.load(new ByteArrayInputStream(bo.toByteArray()), "pw".toCharArray());
        p(ks.size() + hex(ks.getKey("k", "pw".toCharArray()).getEncoded()));
        SealedObject so = new SealedObject("sealed", init(Cipher.getInstance("AES"), k));
        p(so.getObject(k));
        p(javax.net.ssl.SSLContext.getDefault().getProtocol() + javax.net.ssl.SSLContext.getDefault().getSupportedSSLParameters().getProtocols()[0]);
        p(java.sql.Timestamp.valueOf("2020-01-02 03:04:05.6") + " " + java.sql.Date.valueOf("2020-01-02") +
            java.sql.Time.valueOf("01:02:03") + new java.sql.Timestamp(0).getNanos());
        try { java.sql.DriverManager.getConnection("jdbc:none"); } catch (java.sql.SQLException e) { p(e.getMessage() + e.getSQLState()); }
        p(new javax.script.ScriptEngineManager().getEngineByName("js") + "" + new javax.script.ScriptEngineManager().getEngineFactories());
    }
    static Cipher init(Cipher c, Key k) throws Exception { c.init(Cipher.ENCRYPT_MODE, k); return c; }
}
