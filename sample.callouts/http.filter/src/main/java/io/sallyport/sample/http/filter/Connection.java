package io.sallyport.sample.http.filter;

import io.sallyport.sample.parts.http.HttpExchange;

/** The context of a flow: both directions of its connection. */
final class Connection {

    private final HttpExchange exchange = new HttpExchange();
    private final Inspection requests;
    private final Inspection responses;

    Connection(HttpRules rules) {
        requests = new Inspection(true, exchange, rules);
        responses = new Inspection(false, exchange, rules);
    }

    Inspection direction(boolean isFromClient) {
        return isFromClient ? requests : responses;
    }

    void close() {
        requests.close();
        responses.close();
    }
}
