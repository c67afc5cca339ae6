package dev.rocketgateway.publish.recall;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.MessageRecall;
import io.quarkus.test.Mock;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Recalls as the test says, for faults that cannot be made on a real broker. */
@Mock
@ApplicationScoped
class FakeRecall implements MessageRecall {

    private volatile Supplier<CompletionStage<Outcome>> behaviour =
            () -> CompletableFuture.completedStage(new Outcome.Invalid("is not a handle"));

    void behave(Supplier<CompletionStage<Outcome>> next) {
        behaviour = next;
    }

    @Override
    public CompletionStage<Outcome> recall(TopicName topic, String recallHandle, Duration timeout) {
        return behaviour.get();
    }
}
