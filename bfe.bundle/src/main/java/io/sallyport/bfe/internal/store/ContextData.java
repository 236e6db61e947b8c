package io.sallyport.bfe.internal.store;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Data of providers and provider contexts: copied as a whole, so that nobody can change it after it was added. */
final class ContextData {
    private static final int MAX_DEPTH = 64;

    private ContextData() {}

    static Map<String, Object> checked(Map<String, Object> data, String what) throws PolicyException {
        Map<String, Object> copy = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : data.entrySet()) {
            copy.put(entry.getKey(), value(entry.getValue(), what + ": data." + entry.getKey(), 1));
        }
        return copy;
    }

    private static Object value(@Nullable Object value, String where, int depth) throws PolicyException {
        if (depth > MAX_DEPTH) {
            throw new PolicyException(WfpError.INVALID_PARAMETER, where + ": nested more than " + MAX_DEPTH + " deep");
        }
        if (value instanceof String || value instanceof Long || value instanceof Double || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            for (Object element : list) {
                copy.add(value(element, where + "[" + copy.size() + "]", depth + 1));
            }
            return List.copyOf(copy);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (!(entry.getKey() instanceof String key)) {
                    throw new PolicyException(WfpError.INVALID_PARAMETER, where + ": keys must be strings");
                }
                copy.put(key, value(entry.getValue(), where + "." + key, depth + 1));
            }
            return Map.copyOf(copy);
        }
        throw new PolicyException(
                WfpError.INVALID_PARAMETER,
                where + ": data is made of strings, numbers, booleans, lists and maps, not of "
                        + (value == null ? "null" : value.getClass().getSimpleName()));
    }
}
