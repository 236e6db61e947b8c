package io.sallyport.shell.session;

/**
 * How a line ended.
 *
 * @param exitCode of its last command
 * @param isEnd whether it asked for the end of the session
 */
public record Outcome(int exitCode, boolean isEnd) {}
