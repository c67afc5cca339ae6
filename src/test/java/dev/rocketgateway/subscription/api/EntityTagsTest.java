package dev.rocketgateway.subscription.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagsTest {

    private static final Subscription AT_1 =
            TestSubscriptions.withOrigin(TestSubscriptions.subscription("billing"), Subscription.Origin.API);

    @Test
    void theGenerationIsTheTag() {
        assertThat(EntityTags.of(AT_1)).isEqualTo("\"1\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "\"1\"", " \"1\" ", "\"0\", \"1\"", "\"0\",\"1\"", "\"a,b\", \"1\"", "W/\"1\", \"1\""})
    void matches(String ifMatch) {
        assertThatCode(() -> EntityTags.requireMatch(ifMatch, AT_1)).doesNotThrowAnyException();
    }

    /** If-Match compares strongly (RFC 9110, section 13.1.1). */
    @ParameterizedTest
    @ValueSource(strings = {"\"2\"", "W/\"1\"", "\"\"", "\"1,2\"", "\"0\", \"2\""})
    void matchesNot(String ifMatch) {
        assertThatThrownBy(() -> EntityTags.requireMatch(ifMatch, AT_1))
                .isInstanceOfSatisfying(GatewayException.class, failure -> assertThat(failure.type())
                        .isEqualTo(ProblemType.PRECONDITION_FAILED));
    }

    /** If-None-Match compares weakly (RFC 9110, section 13.1.2). */
    @ParameterizedTest
    @ValueSource(strings = {"*", "\"1\"", "W/\"1\"", "\"0\", W/\"1\""})
    void knows(String ifNoneMatch) {
        assertThat(EntityTags.isKnown(ifNoneMatch, AT_1)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "", "\"1", "1\"", "\"1\" \"2\"", "\"1\",", ",\"1\"", "w/\"1\"", "'1'"})
    void refusesAValueThatIsNotAList(String header) {
        assertThatThrownBy(() -> EntityTags.requireMatch(header, AT_1))
                .isInstanceOfSatisfying(GatewayException.class, failure -> assertThat(failure.type())
                        .isEqualTo(ProblemType.INVALID_REQUEST));
        assertThatThrownBy(() -> EntityTags.isKnown(header, AT_1)).isInstanceOf(GatewayException.class);
    }
}
