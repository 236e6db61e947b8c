/**
 * Policy on disk: records with checksums in an MVStore, and a seal beside it that knows the newest revision. A file that was
 * changed by anything else is refused, never half read. Management plane; callers hold the BFE's writer lock.
 */
@NullMarked
package io.sallyport.bfe.internal.disk;

import org.jspecify.annotations.NullMarked;
