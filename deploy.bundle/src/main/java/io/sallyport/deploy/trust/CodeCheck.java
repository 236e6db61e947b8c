package io.sallyport.deploy.trust;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * What a class refers to, by its constant pool: the packages of Java that it may use, and no methods that end the process,
 * leave the JVM or make classes that nobody has looked at. Against faults and carelessness: reflection can hide a name.
 */
final class CodeCheck {
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int METHOD = 10;
    private static final int INTERFACE_METHOD = 11;
    private static final Map<String, Set<String>> METHODS = Map.of(
            "java/lang/System", Set.of("exit", "load", "loadLibrary", "setSecurityManager", "setProperties"),
            "java/lang/Runtime", Set.of("exit", "halt", "exec", "load", "loadLibrary", "addShutdownHook"),
            "java/lang/ClassLoader", Set.of("defineClass"),
            "java/lang/invoke/MethodHandles$Lookup",
                    Set.of("defineClass", "defineHiddenClass", "defineHiddenClassWithClassData"));
    private static final Set<String> CLASSES = Set.of(
            "java/lang/ProcessBuilder",
            "java/lang/Process",
            "java/lang/ProcessHandle",
            "java/net/URLClassLoader",
            "java/lang/ModuleLayer$Controller");

    /** Loaders are handed around ({@code getClassLoader()}); only making one is refused. */
    private static final Set<String> NOT_TO_EXTEND =
            Set.of("java/lang/ClassLoader", "java/security/SecureClassLoader", "java/net/URLClassLoader");

    private static final List<String> NAMES_IN_TEXT = List.of("sun.misc.Unsafe", "jdk.internal.", "sun/misc/Unsafe");

    private CodeCheck() {}

    /**
     * Checks a class file.
     *
     * @param entry its name in the jar
     */
    static void check(String entry, byte[] classFile) throws Untrusted {
        ClassReader reader;
        try {
            reader = new ClassReader(classFile);
            walk(entry, reader);
            refuseNative(entry, reader);
        } catch (IllegalArgumentException e) {
            throw new Untrusted("class " + entry + " is made for another Java (" + e.getMessage()
                    + "); build it for Java " + Runtime.version().feature() + " or older");
        } catch (IndexOutOfBoundsException e) {
            throw new Untrusted("class " + entry + " is damaged; build it again");
        }
    }

    private static void walk(String entry, ClassReader reader) throws Untrusted {
        String parent = reader.getSuperName();
        if (parent != null && NOT_TO_EXTEND.contains(parent)) {
            throw refused(entry, "makes a class loader of its own", "put all classes into the bundle");
        }
        char[] buffer = new char[reader.getMaxStringLength()];
        for (int i = 1; i < reader.getItemCount(); i++) {
            int at = reader.getItem(i);
            if (at == 0) {
                continue; // second half of a long or a double
            }
            switch (reader.readByte(at - 1)) {
                case CLASS -> checkClass(entry, reader.readUTF8(at, buffer));
                case STRING -> checkText(entry, reader.readUTF8(at, buffer));
                case METHOD, INTERFACE_METHOD -> {
                    String owner = reader.readClass(at, buffer);
                    String name = reader.readUTF8(reader.getItem(reader.readUnsignedShort(at + 2)), buffer);
                    if (METHODS.getOrDefault(owner, Set.of()).contains(name)) {
                        throw refused(
                                entry, "calls " + dotted(owner) + "." + name, "a plug-in may not leave or end the JVM");
                    }
                }
                default -> {}
            }
        }
    }

    private static void checkClass(String entry, String name) throws Untrusted {
        String element = name;
        if (name.startsWith("[")) {
            int from = name.lastIndexOf('[') + 1;
            if (name.charAt(from) != 'L') {
                return;
            }
            element = name.substring(from + 1, name.length() - 1);
        }
        int slash = element.lastIndexOf('/');
        String used = slash < 0 ? "" : dotted(element.substring(0, slash));
        if (CLASSES.contains(element) || (AllowedPackages.isOfJava(used + '.') && !AllowedPackages.isAllowed(used))) {
            throw refused(entry, "uses " + dotted(element), "docs/trust.md lists what plug-ins may use");
        }
    }

    private static void checkText(String entry, String text) throws Untrusted {
        for (String name : NAMES_IN_TEXT) {
            if (text.startsWith(name)) {
                throw refused(entry, "names " + text, "a plug-in may not reach into the JVM");
            }
        }
    }

    private static void refuseNative(String entry, ClassReader reader) throws Untrusted {
        String[] found = new String[1];
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public @Nullable MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        if ((access & Opcodes.ACC_NATIVE) != 0) {
                            found[0] = name;
                        }
                        return null;
                    }
                },
                ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        if (found[0] != null) {
            throw refused(entry, "has native code (" + found[0] + ")", "a plug-in has to be Java only");
        }
    }

    private static Untrusted refused(String entry, String what, String help) {
        String name = entry.endsWith(".class") ? entry.substring(0, entry.length() - 6) : entry;
        return new Untrusted("class " + dotted(name) + " " + what + "; " + help);
    }

    private static String dotted(String name) {
        return name.replace('/', '.');
    }
}
