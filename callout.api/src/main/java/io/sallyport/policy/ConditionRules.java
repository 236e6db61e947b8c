package io.sallyport.policy;

import io.sallyport.layer.DataType;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import java.util.Arrays;

/**
 * Which conditions make sense: the one place for the rules that whoever accepts policy, and whoever compiles it, must
 * agree on. Management path; no state, any thread.
 *
 * <p>What fits what (COND-5, COND-6):
 *
 * <ul>
 *   <li>Operand and field have the same type. Besides, an IPv4 address with mask fits a UINT32 address field, an IPv6
 *       address with prefix a 16-byte one, and a security descriptor a token field.
 *   <li>EQUAL fits every type; the orderings, RANGE and NOT_EQUAL fit integers, 16-byte arrays, blobs and strings, NOT_EQUAL
 *       also SIDs (COND-7) and addresses with mask (outside of the network).
 *   <li>FLAGS_* fit unsigned integers; EQUAL_CASE_INSENSITIVE strings; PREFIX and NOT_PREFIX strings and blobs.
 *   <li>A set of addresses fits address fields, a set of ports 16-bit ones, with EQUAL (in the set) or NOT_EQUAL.
 *   <li>The EMPTY operand fits every field, with EQUAL only (COND-14).
 * </ul>
 */
public final class ConditionRules {

    private ConditionRules() {}

    /**
     * Checks a condition for a layer.
     *
     * @param layer the filter's layer
     * @param condition one of its conditions
     * @throws PolicyException CONDITION_NOT_FOUND if the layer lacks the field; TYPE_MISMATCH, MATCH_TYPE_MISMATCH,
     *     INVALID_RANGE, INVALID_NET_MASK or ERROR_INVALID_SECURITY_DESCR if the operand does not fit
     */
    public static void check(Layer layer, Condition condition) throws PolicyException {
        FieldSpec spec = layer.schema().find(condition.field());
        if (spec == null) {
            throw new PolicyException(
                    WfpError.CONDITION_NOT_FOUND, layer.policyName() + " has no field " + condition.field());
        }
        check(spec, condition);
    }

    /**
     * Checks a condition for a field as some layer has it.
     *
     * @param spec the field's type and kind at the layer
     * @param condition a condition on that field
     * @throws PolicyException as above
     */
    public static void check(FieldSpec spec, Condition condition) throws PolicyException {
        Value value = condition.value();
        MatchType match = condition.match();
        if (value instanceof Value.Empty) {
            require(match == MatchType.EQUAL, condition, "the empty value is compared with EQUAL only");
            return;
        }
        if (value instanceof Value.InSet it) {
            checkSet(spec, condition, it);
            return;
        }
        require(
                (match == MatchType.RANGE) == (value instanceof Value.Range),
                condition,
                "RANGE goes with a range, and nothing else does");
        if (value instanceof Value.Range range) {
            checkRange(spec, condition, range);
        } else if (isAddressWithMask(spec, condition)) {
            require(
                    match == MatchType.EQUAL || match == MatchType.NOT_EQUAL,
                    condition,
                    "an address with a mask goes with EQUAL or NOT_EQUAL");
        } else if (value.type() == DataType.SECURITY_DESCRIPTOR && isToken(spec.type())) {
            require(match == MatchType.EQUAL, condition, "a security descriptor goes with EQUAL");
            SecurityDescriptor.parse(((Value.Bytes) value).bytes());
        } else {
            checkType(spec, condition, value.type());
            require(fits(match, spec.type()), condition, match + " does not fit values of type " + spec.type());
        }
    }

    /**
     * Tells whether values of a type can be put in order, so that RANGE and the like make sense (COND-6).
     *
     * @param type a field's type
     * @return true for integers, 16-byte arrays, blobs and strings
     */
    public static boolean isOrdered(DataType type) {
        return switch (type) {
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64 -> true;
            case BYTE_ARRAY16, BYTE_BLOB, UNICODE_STRING -> true;
            default -> false;
        };
    }

    /** Addresses fit address fields, ports 16-bit numbers. */
    private static void checkSet(FieldSpec spec, Condition condition, Value.InSet value) throws PolicyException {
        boolean isFitting = switch (value.kind()) {
            case ADDRESSES ->
                spec.kind() == FieldKind.IP_ADDRESS
                        && (spec.type() == DataType.UINT32 || spec.type() == DataType.BYTE_ARRAY16);
            case PORTS -> spec.kind() == FieldKind.RAW_DATA && spec.type() == DataType.UINT16;
        };
        if (!isFitting) {
            throw new PolicyException(
                    WfpError.TYPE_MISMATCH,
                    condition + ": a set of " + value.kind().word() + " does not fit the field, which is of type "
                            + spec.type());
        }
        require(
                condition.match() == MatchType.EQUAL || condition.match() == MatchType.NOT_EQUAL,
                condition,
                "a set goes with EQUAL or NOT_EQUAL");
    }

    private static boolean fits(MatchType match, DataType type) {
        return switch (match) {
            case EQUAL -> true;
            case GREATER, LESS, GREATER_OR_EQUAL, LESS_OR_EQUAL, RANGE -> isOrdered(type);
            case NOT_EQUAL -> isOrdered(type) || type == DataType.SID;
            case FLAGS_ALL_SET, FLAGS_ANY_SET, FLAGS_NONE_SET ->
                switch (type) {
                    case UINT8, UINT16, UINT32, UINT64 -> true;
                    default -> false;
                };
            case EQUAL_CASE_INSENSITIVE -> type == DataType.UNICODE_STRING;
            case PREFIX, NOT_PREFIX -> type == DataType.UNICODE_STRING || type == DataType.BYTE_BLOB;
        };
    }

    private static void checkRange(FieldSpec spec, Condition condition, Value.Range range) throws PolicyException {
        DataType type = range.low().type();
        if (type != range.high().type()) {
            throw new PolicyException(
                    WfpError.INVALID_RANGE,
                    condition + ": the ends are of type " + type + " and "
                            + range.high().type());
        }
        checkType(spec, condition, type);
        require(isOrdered(type), condition, "values of type " + type + " have no order");
        if (compare(range.low(), range.high()) > 0) {
            throw new PolicyException(WfpError.INVALID_RANGE, condition + ": the upper end is below the lower one");
        }
    }

    private static int compare(Value low, Value high) {
        if (low instanceof Value.Number a && high instanceof Value.Number b) {
            boolean isSigned = switch (a.type()) {
                case INT8, INT16, INT32, INT64 -> true;
                default -> false;
            };
            return isSigned ? Long.compare(a.bits(), b.bits()) : Long.compareUnsigned(a.bits(), b.bits());
        }
        if (low instanceof Value.Bytes a && high instanceof Value.Bytes b) {
            return Arrays.compareUnsigned(a.bytes(), b.bytes());
        }
        if (low instanceof Value.Text a && high instanceof Value.Text b) {
            return a.text().compareTo(b.text());
        }
        throw new AssertionError("ordered type without order: " + low.type());
    }

    /** Address fields only (COND-5); any IPv4 mask can be stored, an IPv6 prefix has 0 to 128 bits (COND-10). */
    private static boolean isAddressWithMask(FieldSpec spec, Condition condition) throws PolicyException {
        boolean isAddress = spec.kind() == FieldKind.IP_ADDRESS;
        if (condition.value() instanceof Value.V4AddressMask) {
            return isAddress && spec.type() == DataType.UINT32;
        }
        if (condition.value() instanceof Value.V6AddressMask v6 && isAddress && spec.type() == DataType.BYTE_ARRAY16) {
            if (v6.prefixLength() < 0 || v6.prefixLength() > 128) {
                throw new PolicyException(WfpError.INVALID_NET_MASK, condition + ": a prefix has 0 to 128 bits");
            }
            return true;
        }
        return false;
    }

    private static boolean isToken(DataType type) {
        return type == DataType.TOKEN_INFORMATION || type == DataType.TOKEN_ACCESS_INFORMATION;
    }

    private static void checkType(FieldSpec spec, Condition condition, DataType type) throws PolicyException {
        if (type != spec.type()) {
            throw new PolicyException(
                    WfpError.TYPE_MISMATCH,
                    condition + ": the field is of type " + spec.type() + ", the operand of type " + type);
        }
    }

    private static void require(boolean isRight, Condition condition, String message) throws PolicyException {
        if (!isRight) {
            throw new PolicyException(WfpError.MATCH_TYPE_MISMATCH, condition + ": " + message);
        }
    }
}
