package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.strip;

import java.util.ArrayList;
import java.util.List;

/** The enum {@code DataType}, and how the tables' names of data types become its constants. */
final class DataTypes {

    private DataTypes() {}

    /** {@code FWP_BYTE_BLOB_TYPE} to {@code BYTE_BLOB}. */
    static String name(String wfpName) {
        String text = strip(wfpName, "FWP_");
        return text.endsWith("_TYPE") ? text.substring(0, text.length() - "_TYPE".length()) : text;
    }

    /** All but the mark between single values and the others. */
    static List<Constant> constants(ConstantGroups groups) {
        List<Constant> types = new ArrayList<>(groups.group("data_type", DataTypes::name));
        types.removeIf(constant -> constant.wfpName().equals("FWP_SINGLE_DATA_TYPE_MAX"));
        return types;
    }
}
