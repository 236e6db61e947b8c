/**
 * Policy files: text to a tree with positions ({@code YamlReader}), tree to a description ({@code PolicyParser}), that to
 * objects in a draft ({@code PolicyApplier}), and back to text ({@code PolicyExporter}). Every step reports all problems that
 * it finds and goes on as far as it makes sense.
 */
@NullMarked
package io.sallyport.bfe.internal.file;

import org.jspecify.annotations.NullMarked;
