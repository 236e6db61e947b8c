package io.sallyport.bfe.api;

import io.sallyport.bfe.security.Principal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session as a list shows it.
 *
 * @param key unique among the open ones
 * @param name who opened it, for people
 * @param principal on whose behalf it works
 * @param isDynamic its objects die with it
 * @param transactionWaitTimeoutMs how long it waits for the writer before it
 * @param opened when
 * @param transaction what kind it is in now, or null
 * @param transactionMs how long it has been in it; 0 if in none
 */
public record SessionInfo(
        UUID key,
        String name,
        Principal principal,
        boolean isDynamic,
        long transactionWaitTimeoutMs,
        Instant opened,
        Session.@Nullable TransactionMode transaction,
        long transactionMs) {}
