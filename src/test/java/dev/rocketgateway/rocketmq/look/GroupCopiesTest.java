package dev.rocketgateway.rocketmq.look;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupCopiesTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
                *,               ,        true
                *,               paid,    true
                paid,            paid,    true
                paid,            ,        false
                paid,            Paid,    false
                created || paid, paid,    true
                created||paid,   created, true
                created || paid, create,  false
                """)
    void comparesTags(String expression, @Nullable String tag, boolean matches) {
        assertThat(GroupCopies.matchesTag(expression, Optional.ofNullable(tag))).isEqualTo(matches);
    }
}
