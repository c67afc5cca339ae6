package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads and changes consumer groups on the brokers. Every method blocks for calls to brokers and fails with
 * {@link MessageSource.SourceUnavailableException} if the brokers do not answer. Thread-safe.
 */
public interface ConsumerGroups {

    /** Client ids of the current members of the group, on any replica or elsewhere; empty if the group has no members. */
    List<String> members(ConsumerGroup group);

    /**
     * Why the group cannot be used in this mode, in words; empty if it can. Push consumers and workers with leases cannot share a
     * group.
     */
    Optional<String> conflict(ConsumerGroup group, TopicName topic, MessageSource.Mode mode);

    /** Whether the client id belongs to this process. */
    boolean isOurs(String member);

    /** The lag of the group on all brokers of the topic, including messages that wait for a retry. */
    Lag lag(ConsumerGroup group, TopicName topic);

    /** Requires that every broker of the topic answers; fails otherwise. */
    void expectEveryBroker(TopicName topic);

    /**
     * Moves the group to a position in every queue of the topic, on all brokers. Call this method only while the group has no
     * members, because members would overwrite the position. An ordered group has none; a message that another replica is
     * delivering no longer stops its queue, and its settlement is ignored.
     */
    void seek(ConsumerGroup group, TopicName topic, MessageSource.Mode mode, Start position);

    /** Deletes the group and its positions. Fails if a broker is away; all other brokers have then deleted the group. */
    void delete(ConsumerGroup group);

    /** Whether the topic exists; fails while a broker that may have it is away. */
    boolean exists(TopicName topic);

    /** Whether every broker of the topic supports SQL filters; empty if the brokers do not report it. */
    Optional<Boolean> takesSqlFilters(TopicName topic);

    /** Why a broker of the topic refuses the filter; empty if all brokers that answer accept it. */
    Optional<String> filterRefusal(ConsumerGroup group, TopicName topic, MessageSource.Filter filter);

    /** How long brokers keep messages ({@code fileReservedTime}); empty if the brokers do not report it. */
    Optional<Duration> retention(TopicName topic);

    /**
     * The lag of a group.
     *
     * @param messages number of messages that wait, in all queues
     * @param oldest age of the oldest waiting message since it was stored; empty if no message waits
     */
    record Lag(long messages, Optional<Duration> oldest) {}
}
