package dev.rocketgateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.problem.ProblemType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the list of errors in {@code docs/publishing.md} to {@link ProblemType}. */
class ProblemDocsTest {

    private static final List<List<String>> ROWS = Page.of("docs/publishing.md").rows("\\d{3}");

    @Test
    void everyProblemHasOneRowWithItsStatusAndWhetherToRetry() {
        var expected = Arrays.stream(ProblemType.values())
                .map(type -> List.of(
                        String.valueOf(type.status()), "`" + type.code() + "`", type.retryable() ? "yes" : "no"))
                .toList();

        assertThat(ROWS).extracting(row -> row.subList(0, 3)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void everyRowSaysWhenItHappensAndWhatToDo() {
        assertThat(ROWS).allSatisfy(row -> assertThat(row).hasSize(5).noneMatch(String::isBlank));
    }
}
