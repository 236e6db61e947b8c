/** The verb {@code run}: claims a home folder, offers the configuration of a live gateway, waits until it is ready and until it is to end. */
@NullMarked
package io.sallyport.run;

import org.jspecify.annotations.NullMarked;
