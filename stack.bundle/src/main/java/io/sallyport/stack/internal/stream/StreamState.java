package io.sallyport.stack.internal.stream;

/** What is tracked of one connection. */
public final class StreamState {}
