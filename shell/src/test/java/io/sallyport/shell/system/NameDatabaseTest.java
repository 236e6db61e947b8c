package io.sallyport.shell.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameDatabaseTest {
    private static final List<String> LINES = List.of(
            "root:x:0:", "sallyport:x:999:alice,bob", "sallyport-operator:x:998:carol", "broken:x", "empty:x:997: ");

    @Test
    void shouldFindTheMembersOfAGroup() {
        assertThat(NameDatabase.members("sallyport", LINES)).isEqualTo(Set.of("alice", "bob"));
        assertThat(NameDatabase.members("sallyport-operator", LINES)).isEqualTo(Set.of("carol"));
    }

    @Test
    void shouldFindNobodyWhereThereIsNone() {
        for (String group : List.of("root", "broken", "empty", "nowhere", "sally")) {
            assertThat(NameDatabase.members(group, LINES)).as(group).isEmpty();
        }
        assertThat(NameDatabase.members("there-is-no-such-group-here")).isEmpty();
    }

    @Test
    void shouldKnowWhoIsNoUser() {
        assertThat(NameDatabase.lacksUser("root")).isFalse();
        for (String user : List.of("there-is-no-such-user-here", "roo", "root:x", "--help", "-x")) {
            assertThat(NameDatabase.lacksUser(user)).as(user).isTrue();
        }
    }
}
