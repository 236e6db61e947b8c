package io.sallyport.stack.internal.path;

/** The questions about a new flow, in order; a flow that was pended goes on at one of them. */
enum AleStep {
    RESOURCE_ASSIGNMENT,
    LISTEN,
    CONNECT_REDIRECT,
    /** Connect or accept. */
    AUTHORIZATION
}
