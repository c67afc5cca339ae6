package dev.rocketgateway.look.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.look.MessageFinder.GroupProgress;
import dev.rocketgateway.look.MessageFinder.RetryCopy;
import dev.rocketgateway.look.StoredMessage;
import dev.rocketgateway.look.message.Fate.State;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.subscription.history.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FateTest {

    private static final Instant STORED = Instant.parse("2026-11-22T12:00:00Z");
    private static final long OFFSET = 10;

    private static Instant after(int seconds) {
        return STORED.plusSeconds(seconds);
    }

    private static StoredMessage stored(boolean scheduled) {
        var message = new ReceivedMessage(
                "id",
                "orders",
                new byte[0],
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Map.of(),
                STORED,
                1,
                Optional.empty(),
                Optional.empty());
        return new StoredMessage(message, "broker-a", 0, OFFSET, STORED, "place", scheduled, Optional.empty());
    }

    private static Attempt attempt(int number, String verdict, Instant at) {
        return new Attempt(
                "s",
                "id",
                "orders",
                number,
                at,
                Duration.ofMillis(1),
                "2xx",
                OptionalInt.empty(),
                verdict,
                Optional.empty(),
                "",
                "");
    }

    /** Attempts from a list such as {@code ACK@3 RETRY@1}: verdicts with seconds since the message was stored, the newest first. */
    private static List<Attempt> attempts(@Nullable String list) {
        var attempts = new ArrayList<Attempt>();
        if (list != null) {
            var all = List.of(list.split(" "));
            for (int i = 0; i < all.size(); i++) {
                var parts = all.get(i).split("@");
                attempts.add(attempt(all.size() - i, parts[0], after(Integer.parseInt(parts[1]))));
            }
        }
        return attempts;
    }

    /**
     * Columns: whether the filter matches, position, the newest copy for a retry (seconds, and + if it is pending), the dead letter
     * (seconds), the attempts; what follows.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                false | 11 |      |    |                       | NOT_SUBSCRIBED | true
                false |    |      |    |                       | NOT_SUBSCRIBED | true
                false | 11 |      |    | ACK@1                 | DELIVERED      | true
                false | 11 |      |    | RETRY@1               | RETRYING       | true
                true  | 11 |      |    | ACK@1                 | DELIVERED      | true
                true  | 10 |      |    | ACK@1                 | DELIVERED      | true
                true  | 11 | 2+   |    | ACK@3 RETRY@1         | DELIVERED      | true
                true  | 11 | 2    |    | ACK@3 RETRY@1         | DELIVERED      | true
                true  | 11 | 2+   |    | RETRY@1               | RETRYING       | true
                true  | 11 | 2+   |    |                       | RETRYING       | true
                true  | 11 | 2    |    |                       | DELIVERED      | false
                true  | 11 | 2    |    | RETRY@1               | DELIVERED      | false
                true  | 11 | 2    |    | DEAD_LETTER@3 RETRY@1 | DEAD_LETTERED  | true
                true  | 11 | 2    | 4  | RETRY@3 RETRY@1       | DEAD_LETTERED  | true
                true  | 11 |      | 4  |                       | DEAD_LETTERED  | true
                true  | 11 | 2    | 4  | ACK@5 RETRY@3         | DELIVERED      | true
                true  | 11 | 5+   | 4  | RETRY@3               | RETRYING       | true
                true  | 11 | 5    | 4  |                       | DELIVERED      | false
                true  | 11 | 5+   | 4  | ACK@1                 | RETRYING       | true
                true  | 11 |      |    | DEAD_LETTER@1         | DEAD_LETTERED  | true
                true  | 10 |      |    | RETRY@1               | RETRYING       | true
                true  | 10 |      |    | HOLD@1                | RETRYING       | true
                true  | 10 |      |    | PAUSE@1               | RETRYING       | true
                true  | 10 |      |    |                       | WAITING        | true
                true  | 3  |      |    |                       | WAITING        | true
                true  |    |      |    |                       | WAITING        | true
                true  | 11 |      |    |                       | DELIVERED      | false
                """)
    void followsFromWhatIsKnown(
            boolean matches,
            @Nullable Long position,
            @Nullable String retry,
            @Nullable Integer dead,
            @Nullable String attempts,
            State state,
            boolean certain) {
        var progress = new GroupProgress(
                matches,
                Optional.ofNullable(position),
                Optional.ofNullable(retry)
                        .map(text -> new RetryCopy(after(Integer.parseInt(text.replace("+", ""))), text.endsWith("+"))),
                Optional.ofNullable(dead).map(FateTest::after),
                Set.of());
        var subscription = TestSubscriptions.subscription("s", "source.start-from.position", "EARLIEST");

        var fate = Fate.of(stored(false), subscription, Optional.of(progress), attempts(attempts));

        assertThat(fate.state()).isEqualTo(state);
        assertThat(fate.certain()).isEqualTo(certain);
        assertThat(fate.detail()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                2026-11-22T12:00:01Z, 11, NOT_SUBSCRIBED
                2026-11-22T12:00:00Z, 11, DELIVERED
                2026-11-22T12:00:01Z, 10, WAITING
                """)
    void knowsWhereTheSubscriptionStarts(String start, long position, State state) {
        var subscription = TestSubscriptions.subscription(
                "s", "source.start-from.position", "TIMESTAMP", "source.start-from.timestamp", start);
        var progress = new GroupProgress(true, Optional.of(position), Optional.empty(), Optional.empty(), Set.of());

        assertThat(Fate.of(stored(false), subscription, Optional.of(progress), List.of())
                        .state())
                .isEqualTo(state);
    }

    @Test
    void waitsWithAScheduledMessage() {
        var fate = Fate.of(stored(true), TestSubscriptions.subscription("s"), Optional.empty(), List.of());

        assertThat(fate.state()).isEqualTo(State.WAITING);
    }
}
