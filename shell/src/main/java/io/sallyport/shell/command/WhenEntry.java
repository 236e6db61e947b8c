package io.sallyport.shell.command;

import io.sallyport.shell.protocol.ExitCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What people write behind {@code --when}, as an entry of a policy file's {@code when}. */
final class WhenEntry {
    private static final Pattern FIELD_IS_VALUE = Pattern.compile("([A-Za-z0-9_-]+)=(.*)");

    private WhenEntry() {}

    static String of(String written) {
        String line = oneLine("--when", written);
        Matcher matcher = FIELD_IS_VALUE.matcher(line);
        if (!matcher.matches()) {
            if (!line.contains(":")) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--when: '" + line + "' is no condition; write FIELD=VALUE, such as ip-remote-port=23");
            }
            return line;
        }
        String value = matcher.group(2);
        if (value.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--when: " + matcher.group(1) + " has no value; write FIELD=VALUE");
        }
        // Of what a person writes here, an address such as ::1 and a text with ": " would mean something else in YAML.
        boolean isPlain = !":*&%@`|>!#".contains(value.substring(0, 1)) && !value.contains(" #");
        boolean isMapping = value.startsWith("{");
        return matcher.group(1) + ": " + (isMapping || (isPlain && !value.contains(": ")) ? value : Json.quoted(value));
    }

    static String oneLine(String option, String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new CommandFailure(ExitCode.USAGE, option + ": control characters and line breaks are not allowed");
        }
        return text.strip();
    }
}
