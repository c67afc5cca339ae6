package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the brokers know of consumer groups. Every method blocks for some calls to brokers and fails with
 * {@link MessageSource.SourceUnavailableException} if they do not answer. Thread-safe.
 */
public interface ConsumerGroups {

    /** Client ids of those who receive for the group now, on any replica or elsewhere; empty if nobody does. */
    List<String> members(ConsumerGroup group);

    /** Client ids this process receives under. */
    boolean isOurs(String member);

    /** What the group has still to do on every broker of the topic, messages that wait for a retry included. */
    Lag lag(ConsumerGroup group, TopicName topic);

    /** Fails while a broker of the topic is away. */
    void expectEveryBroker(TopicName topic);

    /** Moves the group in every queue of the topic, on every broker of it. Only while it has no members: they would write their own positions. */
    void seek(ConsumerGroup group, TopicName topic, Start position);

    /** Removes the group and its positions; fails if a broker is away, when the others have done so. */
    void delete(ConsumerGroup group);

    /** Whether the topic exists; fails while a broker that may have it is away. */
    boolean exists(TopicName topic);

    /** Whether every broker of the topic takes filters by SQL; empty if they do not tell. */
    Optional<Boolean> takesSqlFilters(TopicName topic);

    /** What a broker of the topic says against the filter; empty if those that answer take it. */
    Optional<String> filterRefusal(ConsumerGroup group, TopicName topic, MessageSource.Filter filter);

    /** How long brokers keep messages ({@code fileReservedTime}); empty if they do not tell. */
    Optional<Duration> retention(TopicName topic);

    /**
     * What a group has still to do.
     *
     * @param messages how many, in all queues
     * @param oldest how long ago the oldest of them was stored; empty if there is none
     */
    record Lag(long messages, Optional<Duration> oldest) {}
}
