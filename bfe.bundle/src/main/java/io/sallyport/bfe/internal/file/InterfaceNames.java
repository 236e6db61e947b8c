package io.sallyport.bfe.internal.file;

import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.layer.Field;
import io.sallyport.stack.shim.ShimEnvironment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The system's names of the two interfaces, beside {@code lan} and {@code wan}. A replay has none: captures do not say which
 * interface is which. Immutable.
 */
final class InterfaceNames {
    /** Only {@code lan} and {@code wan}. */
    static final InterfaceNames NONE = new InterfaceNames(Map.of());

    private final Map<String, Long> numbers;

    private InterfaceNames(Map<String, Long> numbers) {
        this.numbers = numbers;
    }

    static InterfaceNames of(@Nullable GatewayConfig config) {
        return config == null
                ? NONE
                : new InterfaceNames(Map.of(
                        config.lan(), (long) ShimEnvironment.LAN_INTERFACE,
                        config.wan(), (long) ShimEnvironment.WAN_INTERFACE));
    }

    /** All words that a field's values may be given as; a word of the format wins over an interface of that name. */
    Map<String, Long> words(Field field) {
        Map<String, Long> fixed = NamedValues.of(field);
        if (numbers.isEmpty() || !NamedValues.isInterface(field)) {
            return fixed;
        }
        Map<String, Long> words = new LinkedHashMap<>(fixed);
        numbers.keySet().stream().sorted().forEach(name -> words.putIfAbsent(name, numbers.get(name)));
        return words;
    }
}
