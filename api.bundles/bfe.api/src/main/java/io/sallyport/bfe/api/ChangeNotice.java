package io.sallyport.bfe.api;

import io.sallyport.policy.ObjectType;
import java.util.UUID;

/**
 * A change that is in force, without the object itself (NOTE-6).
 *
 * @param change what became of the object
 * @param type what kind of object
 * @param key its GUID
 * @param id run-time id of a filter, callout or provider context; 0 for others
 */
public record ChangeNotice(ChangeType change, ObjectType type, UUID key, long id) {}
