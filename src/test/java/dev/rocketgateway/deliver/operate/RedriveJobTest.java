package dev.rocketgateway.deliver.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.DeadLetters;
import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.Messages;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.subscription.history.RedriveLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RedriveJobTest {

    private static final Instant DIED = Instant.parse("2026-11-22T12:00:00Z");

    private final Set<RedriveLog.StoredAt> marked = new HashSet<>();
    private final List<String> redriven = new ArrayList<>();
    private final Letters letters = new Letters();
    private boolean storeIsUp = true;

    /** Dead letters 3 to 9 of one broker. */
    private final class Letters implements DeadLetters {

        private String refused = "";
        private List<String> silent = List.of();
        private long endsAnsweringAt = Long.MAX_VALUE;

        @Override
        public Ranges ranges(ConsumerGroup group) {
            return new Ranges(Map.of("broker-a", new Range(3, 10)), silent);
        }

        @Override
        public List<DeadLetter> read(ConsumerGroup group, String brokerName, long offset, int limit) {
            if (offset >= endsAnsweringAt) {
                throw new SourceUnavailableException("no answer from " + brokerName, null);
            }
            // One has died again since the beginning.
            return LongStream.range(offset, Math.min(11, offset + 2))
                    .mapToObj(at ->
                            new DeadLetter(Messages.message("m" + at, 1), brokerName, at, DIED.plusSeconds(at), at))
                    .toList();
        }

        @Override
        public void redrive(String retryTopic, DeadLetter letter) {
            if (letter.message().id().equals(refused)) {
                throw SourceUnavailableException.refused("the broker refused the request with code 13", null);
            }
            redriven.add(letter.message().id());
        }
    }

    private final RedriveLog log = new RedriveLog() {
        @Override
        public Set<StoredAt> redriven(String group) {
            if (!storeIsUp) {
                throw new StoreUnavailableException("down", new IllegalStateException());
            }
            assertThat(group).isEqualTo("GW-billing");
            return Set.copyOf(marked);
        }

        @Override
        public void mark(String group, Collection<StoredAt> positions) {
            marked.addAll(positions);
        }

        @Override
        public void forgetBelow(String group, String brokerName, long queueOffset) {
            marked.removeIf(position -> position.queueOffset() < queueOffset);
        }
    };

    private RedriveProgress.View run(RedriveSelection selection) {
        return run(selection, letter -> true);
    }

    private RedriveProgress.View run(RedriveSelection selection, Predicate<DeadLetter> covered) {
        var job = new RedriveJob(
                "id", TestSubscriptions.subscription("billing"), selection, Optional.empty(), covered, letters, log);
        job.run();
        return job.progress();
    }

    @Test
    void givesBackAllThereWereAtItsBeginningAndOnlyOnce() {
        var first = run(new RedriveSelection.All());
        var second = run(new RedriveSelection.All());

        assertThat(redriven).containsExactly("m3", "m4", "m5", "m6", "m7", "m8", "m9");
        assertThat(first.state()).isEqualTo(RedriveProgress.State.DONE);
        assertThat(first.redriven()).isEqualTo(7);
        assertThat(second.redriven()).isZero();
        assertThat(second.skipped()).isEqualTo(7);
    }

    @Test
    void leavesThoseThatTheCallerMayNotRedrive() {
        var view =
                run(new RedriveSelection.All(), letter -> letter.message().id().equals("m5"));

        assertThat(redriven).containsExactly("m5");
        assertThat(view.redriven()).isEqualTo(1);
        assertThat(view.skipped()).isZero();
    }

    @Test
    void givesBackThoseOfATime() {
        run(new RedriveSelection.ByTime(Optional.of(DIED.plusSeconds(5)), Optional.of(DIED.plusSeconds(7))));

        assertThat(redriven).containsExactly("m5", "m6");
    }

    @Test
    void saysWhichIdsNoDeadLetterHas() {
        var progress = run(new RedriveSelection.ByIds(Set.of("m5", "unknown", "another")));

        assertThat(redriven).containsExactly("m5");
        assertThat(progress.state()).isEqualTo(RedriveProgress.State.DONE);
        assertThat(progress.notFound()).containsExactly("another", "unknown");
        assertThat(progress.detail()).isEqualTo("found no dead letter for 2 of 3 ids; notFound lists them");
        assertThat(run(new RedriveSelection.ByIds(Set.of("m5"))).notFound()).isEmpty();
    }

    @Test
    void saysThatNoDeadLetterMatches() {
        var past = run(new RedriveSelection.ByTime(Optional.empty(), Optional.of(DIED.minusSeconds(100))));

        assertThat(past.redriven()).isZero();
        assertThat(past.detail()).isEqualTo("no dead letter matches the selection");
        assertThat(run(new RedriveSelection.All()).detail()).isEmpty();
    }

    @Test
    void goesOnAfterOneTheBrokerDoesNotTake() {
        letters.refused = "m4";

        var progress = run(new RedriveSelection.All());

        assertThat(progress.state()).isEqualTo(RedriveProgress.State.DONE);
        assertThat(progress.failed()).isEqualTo(1);
        assertThat(redriven).hasSize(6).doesNotContain("m4");
    }

    @Test
    void failsWhenABrokerThatMayHaveMoreDoesNotAnswer() {
        letters.silent = List.of("broker-b");

        var all = run(new RedriveSelection.All());

        assertThat(all.state()).isEqualTo(RedriveProgress.State.FAILED);
        assertThat(all.detail()).isEqualTo("no answer from broker-b, so the dead letters there were left out");
        assertThat(all.redriven()).isEqualTo(7);
        marked.clear();
        var some = run(new RedriveSelection.ByIds(Set.of("m5", "elsewhere")));
        assertThat(some.state()).isEqualTo(RedriveProgress.State.FAILED);
        assertThat(some.notFound()).isEmpty();
        marked.clear();
        assertThat(run(new RedriveSelection.ByIds(Set.of("m5"))).state())
                .as("nothing else was asked for")
                .isEqualTo(RedriveProgress.State.DONE);
    }

    @Test
    void failsWhenABrokerEndsAnswering() {
        letters.endsAnsweringAt = 5;

        var progress = run(new RedriveSelection.All());

        assertThat(progress.state()).isEqualTo(RedriveProgress.State.FAILED);
        assertThat(progress.detail()).contains("broker-a");
        assertThat(progress.redriven()).isEqualTo(2);
    }

    @Test
    void doesNotBeginWhenNobodyKnowsWhatWasGivenBackBefore() {
        storeIsUp = false;

        var progress = run(new RedriveSelection.All());

        assertThat(progress.state()).isEqualTo(RedriveProgress.State.FAILED);
        assertThat(progress.detail()).isEqualTo("the database does not answer");
        assertThat(redriven).isEmpty();
    }

    @Test
    void forgetsWhatTheBrokerHasDeleted() {
        marked.add(new RedriveLog.StoredAt("broker-a", 2));

        run(new RedriveSelection.ByIds(Set.of("m9")));

        assertThat(marked).containsExactly(new RedriveLog.StoredAt("broker-a", 9));
    }
}
