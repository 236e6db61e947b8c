package io.sallyport.sample.stream.edit;

import io.sallyport.callout.LayerData;
import org.jspecify.annotations.Nullable;

/** Bytes to look into: those that a callout is shown, or a copy. */
final class Text {

    private final @Nullable LayerData shown;
    private final byte[] copy;
    private final int length;

    Text(LayerData shown) {
        this.shown = shown;
        this.copy = new byte[0];
        this.length = shown.lengthBytes();
    }

    Text(byte[] copy) {
        this.shown = null;
        this.copy = copy;
        this.length = copy.length;
    }

    int length() {
        return length;
    }

    int at(int index) {
        return shown == null ? copy[index] & 0xFF : shown.u8(index);
    }
}
