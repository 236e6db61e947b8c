package io.sallyport.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes the Logback configuration that pax-logging reads before any bundle can log. Without one it prints DEBUG to stdout,
 * which belongs to the verb alone.
 */
final class LogConfig {
    /** The framework's own events. What is wrong with a bundle, the launcher says itself, in one line. */
    private static final String FRAMEWORK_EVENTS = "Events";
    /** The launcher logs what it also says on stderr. */
    private static final String LAUNCHER = LogConfig.class.getPackageName();

    /** The audit of the base filtering engine has a file of its own beside the log, {@code audit.log}. */
    private static final String AUDIT = "io.sallyport.audit";

    private LogConfig() {}

    /**
     * With a log file: INFO and above into it, and at most three older files of 10 MB beside it; the audit likewise, with nine.
     * Without: warnings and errors on stderr, a line each.
     */
    static Path write(Path directory, Optional<Path> logFile) throws IOException {
        Path file = directory.resolve("logback.xml");
        Files.writeString(file, logFile.map(LogConfig::toFile).orElseGet(LogConfig::toStderr));
        return file;
    }

    private static String toFile(Path log) {
        Path file = log.toAbsolutePath();
        String audit =
                "  <logger name=\"%s\" level=\"INFO\" additivity=\"false\"><appender-ref ref=\"audit\"/></logger>\n"
                        .formatted(AUDIT);
        return document(
                rolled("out", file, "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level [%logger{1}] %msg%n%ex", 3)
                        + rolled("audit", file.resolveSibling("audit.log"), "%msg%n", 9)
                        + audit,
                "INFO",
                "INFO");
    }

    /** Files of 10 MB. */
    private static String rolled(String name, Path file, String pattern, int olderFiles) {
        return """
                  <appender name="%1$s" class="ch.qos.logback.core.rolling.RollingFileAppender">
                    <file>%2$s</file>
                    <rollingPolicy class="ch.qos.logback.core.rolling.FixedWindowRollingPolicy">
                      <fileNamePattern>%2$s.%%i</fileNamePattern>
                      <minIndex>1</minIndex>
                      <maxIndex>%4$d</maxIndex>
                    </rollingPolicy>
                    <triggeringPolicy class="ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy">
                      <maxFileSize>10MB</maxFileSize>
                    </triggeringPolicy>
                    <encoder><pattern>%3$s</pattern></encoder>
                  </appender>
                """.formatted(name, escape(file.toString()), pattern, olderFiles);
    }

    private static String toStderr() {
        return document("""
                  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target>
                    <encoder><pattern>sallyport: %level [%logger{1}] %msg%replace( %ex{short}){'[\\r\\n\\t]+', ' '}%nopex%n</pattern></encoder>
                  </appender>
                """, "WARN", "OFF");
    }

    private static String document(String appender, String level, String launcherLevel) {
        return """
                <configuration>
                  <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
                %s  <logger name="%s" level="OFF"/>
                  <logger name="%s" level="%s"/>
                  <logger name="org.pcap4j" level="WARN"/>
                  <root level="%s"><appender-ref ref="out"/></root>
                </configuration>
                """.formatted(appender, FRAMEWORK_EVENTS, LAUNCHER, launcherLevel, level);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
