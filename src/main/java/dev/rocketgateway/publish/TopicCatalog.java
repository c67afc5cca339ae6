package dev.rocketgateway.publish;

import dev.rocketgateway.message.TopicName;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Looks up topics of the brokers. Thread-safe; never blocks the caller. */
public interface TopicCatalog {

    /** The topic, or empty if no broker has it. Fails with {@link SendFailedException} if no broker or name server answers. */
    CompletionStage<Optional<TopicDescription>> describe(TopicName topic);
}
