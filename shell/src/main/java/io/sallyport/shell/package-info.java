/** Commands over the gateway's services, sessions on terminals, and the control socket. */
@NullMarked
package io.sallyport.shell;

import org.jspecify.annotations.NullMarked;
