package io.sallyport.codegen;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the tests that name a rule: {@code @Tag("ARB-4")} on a test method, or on a class for all its tests. */
final class CitedTests {

    private static final Pattern TAG = Pattern.compile("@Tag\\(\"([A-Z]+-\\d+)\"\\)");
    private static final Pattern METHOD =
            Pattern.compile("^\\s+(?:public\\s+)?(?:static\\s+)?[\\w<>\\[\\], .]+ (\\w+)\\(.*");
    private static final Pattern CLASS = Pattern.compile("^\\s*(?:public |final |abstract |static )*class (\\w+).*");

    private CitedTests() {}

    /** Scans all test sources below a folder: rule id to {@code Class.method}. */
    static Map<String, SortedSet<String>> scan(Path root) throws IOException {
        Map<String, SortedSet<String>> tests = new TreeMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name =
                        folder.getFileName() == null ? "" : folder.getFileName().toString();
                boolean isForeign = name.equals("target") || (name.startsWith(".") && !folder.equals(root));
                return isForeign ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String path = file.toString().replace('\\', '/');
                if (path.endsWith(".java") && path.contains("/src/test/java/")) {
                    scanFile(Files.readAllLines(file), tests);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return tests;
    }

    private static void scanFile(List<String> lines, Map<String, SortedSet<String>> tests) {
        List<String> pending = new ArrayList<>();
        String type = "";
        for (String line : lines) {
            Matcher tag = TAG.matcher(line);
            while (tag.find()) {
                pending.add(tag.group(1));
            }
            Matcher declaration = CLASS.matcher(line);
            Matcher method = METHOD.matcher(line);
            if (declaration.matches()) {
                type = declaration.group(1);
                cite(pending, type, tests);
            } else if (!pending.isEmpty() && !line.strip().startsWith("@") && method.matches()) {
                cite(pending, type + "." + method.group(1), tests);
            }
        }
    }

    private static void cite(List<String> pending, String where, Map<String, SortedSet<String>> tests) {
        for (String id : pending) {
            tests.computeIfAbsent(id, unused -> new TreeSet<>()).add(where);
        }
        pending.clear();
    }
}
