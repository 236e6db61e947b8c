/** The commands: one picocli class for each, over the gateway's services; tables for people, JSON for programs. */
@NullMarked
package io.sallyport.shell.command;

import org.jspecify.annotations.NullMarked;
