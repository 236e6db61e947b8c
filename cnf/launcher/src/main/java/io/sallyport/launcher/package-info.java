/**
 * Starts the OSGi framework, installs the bundles of one directory tree by start level, and hands the command line to the
 * bundle that offers the wanted verb. A plain jar: it runs outside the framework and shares JDK types only with it.
 */
package io.sallyport.launcher;
