package io.sallyport.shell.command;

import org.jspecify.annotations.Nullable;

/** The gateway's services as they are now: bundles restart, so nobody keeps one longer than a command runs. Any thread. */
public interface Services {

    /**
     * Finds a service.
     *
     * @param type its interface
     * @param filter LDAP filter over its properties, or null
     * @param <T> its interface
     * @return null if it is not there
     */
    <T> @Nullable T find(Class<T> type, @Nullable String filter);
}
