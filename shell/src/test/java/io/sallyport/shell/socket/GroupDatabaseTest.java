package io.sallyport.shell.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupDatabaseTest {
    private static final List<String> LINES = List.of(
            "root:x:0:", "sallyport:x:999:alice,bob", "sallyport-operator:x:998:carol", "broken:x", "empty:x:997: ");

    @Test
    void shouldFindTheMembersOfAGroup() {
        assertThat(GroupDatabase.members("sallyport", LINES)).isEqualTo(Set.of("alice", "bob"));
        assertThat(GroupDatabase.members("sallyport-operator", LINES)).isEqualTo(Set.of("carol"));
    }

    @Test
    void shouldFindNobodyWhereThereIsNone() {
        for (String group : List.of("root", "broken", "empty", "nowhere", "sally")) {
            assertThat(GroupDatabase.members(group, LINES)).as(group).isEmpty();
        }
        assertThat(GroupDatabase.members("there-is-no-such-group-here")).isEmpty();
    }
}
