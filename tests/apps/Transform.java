import java.io.File;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Makes an XML file of 2,000 entries with Xerces' DOM and transforms it with Xalan: Transform STYLESHEET RESULT. */
public class Transform {
    public static void main(String[] args) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        TransformerFactory transformers = TransformerFactory.newInstance();
        System.out.println(factory.getClass().getName() + " " + transformers.getClass().getName());
        Document d = factory.newDocumentBuilder().newDocument();
        Element root = d.createElement("orders");
        d.appendChild(root);
        for (int i = 0; i < 2000; i++) {
            Element e = d.createElement("order");
            e.setAttribute("id", "o" + i);
            e.setAttribute("customer", "c" + i * 31 % 57);
            e.appendChild(d.createElement("total")).setTextContent((i * 7919 % 10000) / 100.0 + "");
            e.appendChild(d.createElement("note")).setTextContent("päckchen <" + i + "> & more");
            root.appendChild(e);
        }
        File in = new File("orders.xml");
        transformers.newTransformer().transform(new javax.xml.transform.dom.DOMSource(d), new StreamResult(in));
        Transformer t = transformers.newTransformer(new StreamSource(new File(args[0])));
        t.setParameter("least", "20");
        t.transform(new StreamSource(in), new StreamResult(new File(args[1])));
        int[] count = new int[2];
        javax.xml.parsers.SAXParserFactory.newInstance().newSAXParser().parse(new File(args[1]), new org.xml.sax.helpers.DefaultHandler() {
            @Override public void startElement(String uri, String local, String name, org.xml.sax.Attributes a) { count[0]++; count[1] += a.getLength(); }
        });
        System.out.println(count[0] + " elements, " + count[1] + " attributes");
        try {
            factory.newDocumentBuilder().parse(new org.xml.sax.InputSource(new java.io.StringReader("<a><b></a>")));
        } catch (org.xml.sax.SAXParseException e) {
            System.out.println(e.getLineNumber() + ":" + e.getColumnNumber() + " " + e.getMessage());
        }
    }
}
