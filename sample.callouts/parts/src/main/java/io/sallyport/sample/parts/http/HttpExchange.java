package io.sallyport.sample.parts.http;

/** What the two directions of a connection must know of each other: which requests wait for their answers. One thread. */
public final class HttpExchange {

    /** So many requests may be sent before their answers. */
    static final int MAX_WAITING = 64;

    /** How a request changes what its answer looks like. */
    enum Method {
        /** Its answer has no body. */
        HEAD,
        /** If its answer is 2xx, another protocol follows. */
        CONNECT,
        /** It does not. */
        OTHER
    }

    private final Method[] waiting = new Method[MAX_WAITING];
    private int first;
    private int count;

    /** A connection of which nothing was read. */
    public HttpExchange() {}

    boolean ask(Method method) {
        if (count == MAX_WAITING) {
            return false;
        }
        waiting[(first + count++) % MAX_WAITING] = method;
        return true;
    }

    boolean isAsked() {
        return count > 0;
    }

    Method asked() {
        return waiting[first];
    }

    void answered() {
        first = (first + 1) % MAX_WAITING;
        count--;
    }
}
