package io.sallyport.bfe.api;

import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Policy files: strict YAML or JSON, applied as one transaction, replacing only the objects of the provider they name. Those of a
 * session are of use until that is over: then a report says SESSION_ABORTED and {@link PolicyReport#isAborted}, and what gives no
 * report throws that.
 */
@ProviderType
public interface PolicyFiles {

    /**
     * Checks a file completely, its tests included, and changes nothing.
     *
     * @param file the policy
     * @return every problem that could be found, and what would change
     * @throws IOException if the file cannot be read
     */
    PolicyReport validate(Path file) throws IOException;

    /**
     * Checks a file and puts it in force, unless it has problems.
     *
     * @param file the policy
     * @return the same as {@link #validate}; if {@link PolicyReport#isValid()}, it is in force
     * @throws IOException if the file cannot be read
     */
    default PolicyReport apply(Path file) throws IOException {
        return apply(file, CommitOptions.NONE);
    }

    /**
     * The same, with a comment for the history, or to be confirmed.
     *
     * @param file the policy
     * @param options how it is committed
     * @return the same as {@link #validate}; if {@link PolicyReport#isValid()}, it is in force
     * @throws IOException if the file cannot be read
     */
    PolicyReport apply(Path file, CommitOptions options) throws IOException;

    /**
     * As {@link #validate(Path)}, with a document that whoever asks has brought along.
     *
     * @param name of the document, for messages
     * @param document YAML or JSON in UTF-8; not kept
     * @return every problem that could be found, and what would change
     */
    PolicyReport validate(String name, byte[] document);

    /**
     * As {@link #apply(Path, CommitOptions)}, with a document that whoever asks has brought along: no file is read with the
     * gateway's rights.
     *
     * @param name of the document, for messages
     * @param document YAML or JSON in UTF-8; not kept
     * @param options how it is committed
     * @return the same as {@link #validate(String, byte[])}; if {@link PolicyReport#isValid()}, it is in force
     */
    PolicyReport apply(String name, byte[] document, CommitOptions options);

    /**
     * Adds the objects of a document to what is there, and replaces nothing: for single objects from the shell.
     *
     * @param name of the document, for messages
     * @param text YAML or JSON, in the format of a policy file
     * @return as for {@link #apply}; an object that exists already is a problem
     */
    default PolicyReport add(String name, String text) {
        return add(name, text, CommitOptions.NONE);
    }

    /**
     * The same, with a comment for the history, or to be confirmed.
     *
     * @param name of the document, for messages
     * @param text YAML or JSON, in the format of a policy file
     * @param options how it is committed
     * @return as for {@link #apply}; an object that exists already is a problem
     */
    PolicyReport add(String name, String text, CommitOptions options);

    /**
     * Removes a provider and all its objects, as a file that has none does.
     *
     * @param provider name of the provider
     * @param options how it is committed
     * @return what stands in the way, such as objects of others that refer to these; if {@link PolicyReport#isValid()}, they
     *     are gone
     */
    PolicyReport remove(String provider, CommitOptions options);

    /**
     * Reads one entry of a filter's {@code when} that is a single test, for a template.
     *
     * @param layer whose fields and types count
     * @param entry YAML, a map of one field to a value or to an operator with its operand
     * @return the test
     * @throws PolicyException INVALID_PARAMETER if it is no entry, or several tests; CONDITION_NOT_FOUND if the layer lacks the
     *     field; SESSION_ABORTED if the session is over
     */
    Condition condition(Layer layer, String entry) throws PolicyException;

    /**
     * Prints one filter as an entry of a policy file.
     *
     * @param filter as a {@link PolicyView} has it
     * @return YAML, a list of one entry
     * @throws PolicyException SESSION_ABORTED if the session is over
     */
    String print(Filter filter) throws PolicyException;

    /**
     * Prints the objects of a provider as a file that {@link #apply} reads: the round trip is exact.
     *
     * @param provider name of the provider
     * @return YAML; a file without objects if there is no such provider
     * @throws PolicyException SESSION_ABORTED if the session is over
     */
    String export(String provider) throws PolicyException;
}
