/**
 * The attacker: traffic that is meant to be read one way by the gateway and another way by who receives it. Nothing here looks
 * into the gateway; what counts is which frames leave.
 */
package io.sallyport.itest.evasion;
