package io.sallyport.itest.evasion;

/** Which of two copies of a byte a receiver takes, by where the chunks begin and end that brought them. */
enum Overlap {
    FIRST,
    LAST,
    BSD,
    BSD_RIGHT,
    LINUX,
    WINDOWS,
    SOLARIS;

    boolean takesNew(int newStart, int newEnd, int oldStart, int oldEnd) {
        return switch (this) {
            case FIRST -> false;
            case LAST -> true;
            case BSD -> newStart < oldStart;
            case BSD_RIGHT -> newStart >= oldStart;
            case LINUX -> newStart <= oldStart;
            case WINDOWS -> newStart < oldStart && newEnd > oldEnd;
            case SOLARIS -> newStart <= oldStart && newEnd >= oldEnd;
        };
    }
}
