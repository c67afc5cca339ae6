package dev.rocketgateway.publish;

import dev.rocketgateway.message.TopicName;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The brokers' topics. Thread-safe; never blocks the caller. */
public interface TopicCatalog {

    /** The topic, or empty if no broker has it; fails with {@link SendFailedException} if nobody can tell. */
    CompletionStage<Optional<TopicDescription>> describe(TopicName topic);
}
