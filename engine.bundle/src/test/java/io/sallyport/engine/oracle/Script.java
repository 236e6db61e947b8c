package io.sallyport.engine.oracle;

/** What a scripted callout answers: the same for the engine's callout and the oracle's. */
public record Script(Kind kind, boolean clearsRight, boolean absorbs) {

    /** The kinds of answers. */
    public enum Kind {
        CONTINUE,
        PERMIT,
        BLOCK,
        THROW
    }

    /** The answer of a callout of some character to one filter and packet, as if at random. */
    public static Script of(long character, long filter, long packet) {
        long mixed = character * 0x9E3779B97F4A7C15L + filter * 0xC2B2AE3D27D4EB4FL + packet * 0x165667B19E3779F9L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        mixed ^= mixed >>> 32;
        int choice = (int) (mixed & 15);
        Kind kind = choice < 5 ? Kind.PERMIT : choice < 10 ? Kind.BLOCK : choice < 15 ? Kind.CONTINUE : Kind.THROW;
        return new Script(kind, (mixed & 16) != 0, (mixed & 32) != 0);
    }
}
