package io.sallyport.bfe.api;

/** What became of an object (NOTE-1). Objects are never modified (LIFE-20): a change is a delete and an add. */
public enum ChangeType {
    /** It was added. */
    ADD,
    /** It was deleted. */
    DELETE
}
