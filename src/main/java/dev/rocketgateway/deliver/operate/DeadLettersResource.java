package dev.rocketgateway.deliver.operate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rocketgateway.deliver.DeadLetters;
import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import dev.rocketgateway.deliver.operate.DeadLetterList.Cursor;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.AttemptLog;
import dev.rocketgateway.subscription.history.RedriveLog;
import dev.rocketgateway.subscription.history.RedriveLog.StoredAt;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /subscriptions/{name}/dlq}: lists the messages that could not be delivered, the oldest first, each with its last known
 * failure. Reading changes nothing.
 */
@Path("/subscriptions/{name: [^/:]+}/dlq")
@NonBlocking
class DeadLettersResource {

    private static final Set<String> PARAMETERS = Set.of("after", "limit", "body");

    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;

    private final SubscriptionLookup subscriptions;
    private final DeadLetters letters;
    private final AttemptLog attempts;
    private final RedriveLog redrives;
    private final OperatorThreads threads;

    DeadLettersResource(
            SubscriptionLookup subscriptions,
            DeadLetters letters,
            AttemptLog attempts,
            RedriveLog redrives,
            OperatorThreads threads) {
        this.subscriptions = subscriptions;
        this.letters = letters;
        this.attempts = attempts;
        this.redrives = redrives;
        this.threads = threads;
    }

    /**
     * A page of dead letters.
     *
     * @param total number of dead letters on the brokers that answer, including redriven ones
     * @param next value of {@code after} for the next page; absent on the last page
     * @param missingBrokers names of brokers that do not answer and may have more dead letters; absent if all answer
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PageView(
            long total,
            List<LetterView> items,
            @Nullable String next,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missingBrokers) {}

    /** One dead letter. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LetterView(
            String messageId,
            String topic,
            @Nullable String tag,
            List<String> keys,
            Map<String, String> properties,
            Instant bornAt,
            Instant storedAt,
            int attempts,
            String brokerName,
            long queueOffset,
            boolean redriven,
            @Nullable ReasonView reason,
            int bodySize,
            @Nullable String body,
            @Nullable String bodyBase64) {}

    /** The last failure that is known. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ReasonView(Instant at, String outcome, @Nullable Integer status, String detail, String response) {}

    /** The selection and the page of a request. */
    private record Wanted(Optional<Cursor> from, int limit, boolean bodies) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<PageView> list(@PathParam("name") String name, @Context UriInfo uri) {
        var wanted = QueryReader.read(
                uri,
                PARAMETERS,
                query -> new Wanted(
                        query.value("after", Cursor::parse),
                        query.limit(DEFAULT_LIMIT, MAX_LIMIT),
                        query.flag("body")));
        var subscription = subscriptions.require(name);
        return threads.run(() -> page(subscription, wanted.from(), wanted.limit(), wanted.bodies()));
    }

    private PageView page(Subscription subscription, Optional<Cursor> from, int limit, boolean bodies) {
        var list = new DeadLetterList(letters, subscription.source().consumerGroup());
        var ranges = list.ranges();
        var page = list.page(ranges.found(), from, limit);
        var ids = page.letters().stream()
                .map(letter -> Attempt.keptId(letter.message().id()))
                .toList();
        Set<StoredAt> redriven = Set.of();
        Map<String, Attempt> reasons = Map.of();
        try {
            redriven = redrives.redriven(subscription.source().consumerGroup().value());
            reasons = attempts.lastFailures(subscription.name(), ids);
        } catch (StoreUnavailableException e) {
            // The dead letters come from the broker. The reasons come from the database, and may be missing.
            reasons = Map.of();
        }
        var known = reasons;
        var done = redriven;
        return new PageView(
                ranges.total(),
                page.letters().stream()
                        .map(letter -> view(
                                letter,
                                subscription,
                                known.get(Attempt.keptId(letter.message().id())),
                                done,
                                bodies))
                        .toList(),
                page.next().map(Cursor::toString).orElse(null),
                ranges.silent());
    }

    private static LetterView view(
            DeadLetter letter,
            Subscription subscription,
            @Nullable Attempt last,
            Set<StoredAt> redriven,
            boolean withBody) {
        ReceivedMessage message = letter.message();
        var text = withBody ? text(message.body()) : null;
        return new LetterView(
                message.id(),
                subscription.source().topic().value(),
                message.tag().orElse(null),
                message.keys(),
                message.properties(),
                message.bornAt(),
                letter.storedAt(),
                message.attempt(),
                letter.brokerName(),
                letter.queueOffset(),
                redriven.contains(new StoredAt(letter.brokerName(), letter.queueOffset())),
                last == null ? null : reason(last),
                message.body().length,
                text,
                withBody && text == null ? Base64.getEncoder().encodeToString(message.body()) : null);
    }

    private static ReasonView reason(Attempt last) {
        return new ReasonView(
                last.at(),
                last.outcome(),
                last.status().isPresent() ? last.status().getAsInt() : null,
                last.detail(),
                last.response());
    }

    private static @Nullable String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
