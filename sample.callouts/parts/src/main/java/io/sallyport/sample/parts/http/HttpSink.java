package io.sallyport.sample.parts.http;

/** Who is told of the messages that a {@link HttpReader} reads. False as an answer ends the reading: the message is refused. */
public interface HttpSink {

    /**
     * The head of a message is whole and well-formed.
     *
     * @param head good until this returns
     * @return false: refused
     */
    boolean head(HttpHead head);

    /**
     * A piece of the body, without chunks and codings.
     *
     * @param bytes where it lies, good until this returns
     * @param offset of its first byte
     * @param lengthBytes 1 or more
     * @param position of its first byte in the stream, counted as {@link HttpReader#position}, the others follow it; -1 if it was
     *     compressed and lies nowhere
     * @return false: refused
     */
    boolean body(byte[] bytes, int offset, int lengthBytes, long position);

    /**
     * The message has ended.
     *
     * @return false: refused
     */
    boolean end();
}
