package io.sallyport.callout.testkit.gateway;

import io.sallyport.callout.Callout;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What bnd made of a callout's {@code @Component}: name, flags, scope, and what to call when it begins and ends. Read from
 * {@code OSGI-INF}, as the gateway's component runtime does.
 *
 * @param key the callout's name
 * @param flags bits of {@link io.sallyport.callout.CalloutFlags}
 * @param isPrototype whether each gateway gets an instance of its own
 * @param activate name of the method that begins an instance
 * @param deactivate name of the method that ends one
 */
record ComponentDescription(String key, int flags, boolean isPrototype, String activate, String deactivate) {

    static final String FOLDER = "OSGI-INF/";

    static ComponentDescription of(String key) {
        return new ComponentDescription(key, 0, true, "activate", "deactivate");
    }

    /** Null if the class has none on the class path. */
    static @Nullable ComponentDescription find(Class<?> type) {
        String file = FOLDER + type.getName() + ".xml";
        try (InputStream in = type.getClassLoader().getResourceAsStream(file)) {
            return in == null ? null : read(file, in);
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static ComponentDescription read(String file, InputStream in)
            throws IOException, SAXException, ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        Element component = factory.newDocumentBuilder().parse(in).getDocumentElement();
        String key = property(component, Callout.KEY);
        if (key.isEmpty()) {
            throw new IllegalStateException(file + " has no property " + Callout.KEY
                    + ": say @Component(property = Callout.KEY + \"=com.example.name\")");
        }
        String flags = property(component, Callout.FLAGS);
        Element service = (Element) component.getElementsByTagName("service").item(0);
        return new ComponentDescription(
                key,
                flags.isEmpty() ? 0 : Integer.parseInt(flags.strip()),
                service != null && "prototype".equals(service.getAttribute("scope")),
                attribute(component, "activate"),
                attribute(component, "deactivate"));
    }

    private static String attribute(Element component, String name) {
        String value = component.getAttribute(name);
        return value.isEmpty() ? name : value; // the method's default name is the attribute's
    }

    private static String property(Element component, String name) {
        NodeList properties = component.getElementsByTagName("property");
        for (int i = 0; i < properties.getLength(); i++) {
            Element property = (Element) properties.item(i);
            if (property.getAttribute("name").equals(name)) {
                String value = property.getAttribute("value");
                return value.isEmpty() ? property.getTextContent().strip() : value;
            }
        }
        return "";
    }

    /** Calls the method without arguments that begins or ends an instance, if there is one. */
    static void call(Object instance, String name) {
        for (Class<?> type = instance.getClass(); type != null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == 0) {
                    invoke(instance, method);
                    return;
                }
            }
        }
    }

    private static void invoke(Object instance, Method method) {
        try {
            method.setAccessible(true);
            method.invoke(instance);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " cannot be called", e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(method + " failed: " + e.getCause(), e.getCause());
        }
    }
}
