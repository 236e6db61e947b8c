/** The classes of a vendor's bundle, which tests make on the fly: it sees the callout API and nothing else. */
package io.sallyport.itest.vendor;
