/** Sessions: lines read, completed and run by Gogo, on whatever terminal. */
@NullMarked
package io.sallyport.shell.session;

import org.jspecify.annotations.NullMarked;
