package io.sallyport.deploy.trust;

import java.io.ByteArrayInputStream;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** The callout keys that a component description names. */
final class CalloutKeys {
    static final String PROPERTY = "sallyport.callout.key";

    private CalloutKeys() {}

    /** Adds the keys in a file of {@code OSGI-INF}. */
    static void collect(String entry, byte[] xml, Set<String> into) throws Untrusted {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
            while (reader.hasNext()) {
                boolean isKey = reader.next() == XMLStreamConstants.START_ELEMENT
                        && reader.getLocalName().equals("property")
                        && PROPERTY.equals(reader.getAttributeValue(null, "name"));
                if (isKey) {
                    String value = reader.getAttributeValue(null, "value");
                    String keys = value == null ? reader.getElementText() : value;
                    keys.lines()
                            .map(String::strip)
                            .filter(key -> !key.isEmpty())
                            .forEach(into::add);
                }
            }
        } catch (XMLStreamException e) {
            throw new Untrusted(entry + " is no right component description ("
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "); build it with bnd");
        }
    }
}
