package io.sallyport.sample.ids;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.sample.parts.Contexts;
import java.util.BitSet;

/** Ports as rules write them: {@code any}, {@code 80}, {@code 1024:}, {@code [80,8000:8080,!8050]}. Immutable. */
final class PortSet {

    private static final int PORTS = 65_536;

    private final BitSet ports;

    private PortSet(BitSet ports) {
        this.ports = ports;
    }

    static PortSet parse(String text) throws FilterRefusedException {
        BitSet permitted = new BitSet(PORTS);
        BitSet forbidden = new BitSet(PORTS);
        boolean isNot = text.startsWith("!");
        String list = isNot ? text.substring(1) : text;
        boolean isList = list.startsWith("[") && list.endsWith("]");
        for (String item : (isList ? list.substring(1, list.length() - 1) : list).split(",", -1)) {
            String port = item.strip();
            if (port.startsWith("!")) {
                add(forbidden, port.substring(1), text);
            } else {
                add(permitted, port, text);
            }
        }
        if (permitted.isEmpty()) {
            permitted.set(0, PORTS);
        }
        permitted.andNot(forbidden);
        if (isNot) {
            permitted.flip(0, PORTS);
        }
        return new PortSet(permitted);
    }

    private static void add(BitSet ports, String item, String whole) throws FilterRefusedException {
        if (item.equals("any")) {
            ports.set(0, PORTS);
            return;
        }
        String[] ends = item.split(":", -1);
        int first = ends[0].isEmpty() && ends.length == 2 ? 0 : number(ends[0], whole);
        int last = ends.length == 1 ? first : ends[1].isEmpty() ? PORTS - 1 : number(ends[1], whole);
        if (ends.length > 2 || last < first) {
            throw new FilterRefusedException("ports make no sense: " + Contexts.quote(whole));
        }
        ports.set(first, last + 1);
    }

    private static int number(String text, String whole) throws FilterRefusedException {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) >= PORTS) {
            throw new FilterRefusedException("ports make no sense: " + Contexts.quote(whole));
        }
        return Integer.parseInt(text);
    }

    boolean contains(int port) {
        return ports.get(port);
    }
}
