package io.sallyport.shell.session;

import org.jline.utils.InfoCmp;

/**
 * Types of terminals whose capabilities come with JLine. For any other one JLine would start a program of the system, with a
 * name that the client chose as its argument: the nearest known type is used instead.
 */
final class TerminalTypes {
    private TerminalTypes() {}

    static String known(String type) {
        if (InfoCmp.getLoadedInfoCmp(type) != null || InfoCmp.getDefaultInfoCmp(type) != null) {
            return type;
        }
        boolean isColourful = type.contains("256") || type.contains("direct") || type.contains("kitty");
        if (type.startsWith("tmux") || type.startsWith("screen")) {
            return isColourful ? "screen-256color" : "screen";
        }
        if (type.startsWith("xterm") || isColourful) {
            return "xterm-256color";
        }
        if (type.startsWith("rxvt") || type.startsWith("linux") || type.startsWith("vt")) {
            return "ansi";
        }
        return "dumb";
    }
}
