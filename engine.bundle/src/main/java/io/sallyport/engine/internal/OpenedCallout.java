package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.internal.policy.CalloutDoor;

/** An instance that has its door, but is not registered yet. */
record OpenedCallout(Callout instance, CalloutDoor door) {}
