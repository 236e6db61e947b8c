/** What the machine knows about users and groups. */
@NullMarked
package io.sallyport.shell.system;

import org.jspecify.annotations.NullMarked;
