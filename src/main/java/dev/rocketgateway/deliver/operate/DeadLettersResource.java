package dev.rocketgateway.deliver.operate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rocketgateway.deliver.DeadLetters;
import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import dev.rocketgateway.deliver.operate.DeadLetterList.Cursor;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionAccess;
import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.AttemptLog;
import dev.rocketgateway.subscription.history.RedriveLog;
import dev.rocketgateway.subscription.history.RedriveLog.StoredAt;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
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

    /** The requested page, and whether it has bodies. */
    private record Wanted(Optional<Cursor> from, int limit, boolean bodies) {}

    /**
     * What the database knows: which dead letters were redriven, and the last failure of each message, by {@link Attempt#storedId}.
     */
    private record Known(Set<StoredAt> redriven, Map<String, Attempt> reasons) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<PageView> list(
            @PathParam("name") String name, @Context UriInfo uri, @Context RoutingContext context) {
        var caller = Caller.of(context);
        var subscription = subscriptions.requireRead(caller, name);
        var wanted = QueryReader.read(
                uri,
                PARAMETERS,
                query -> new Wanted(
                        query.value("after", Cursor::parse),
                        query.limit(DEFAULT_LIMIT, MAX_LIMIT),
                        query.flag("body")));
        return threads.run(() -> page(caller, subscription, wanted));
    }

    private PageView page(Caller caller, Subscription subscription, Wanted wanted) {
        var page = DeadLetterList.read(letters, subscription.source().consumerGroup(), wanted.from(), wanted.limit());
        var known = known(subscription, page.letters());
        return new PageView(
                page.ranges().total(),
                page.letters().stream()
                        .filter(letter -> SubscriptionAccess.coversMessage(
                                caller,
                                Permission.READ,
                                subscription,
                                letter.message().topic()))
                        .map(letter -> view(letter, subscription, known, wanted.bodies()))
                        .toList(),
                page.next().map(Cursor::toString).orElse(null),
                page.ranges().silent());
    }

    /**
     * Reads what the database knows of the dead letters. If the database does not answer, this information is missing from the
     * list; the dead letters themselves come from the broker.
     */
    private Known known(Subscription subscription, List<DeadLetter> page) {
        Set<StoredAt> redriven = Set.of();
        try {
            redriven = redrives.redriven(subscription.source().consumerGroup().value());
            var ids = page.stream().map(DeadLettersResource::storedId).toList();
            return new Known(redriven, attempts.lastFailures(subscription.name(), ids));
        } catch (StoreUnavailableException e) {
            return new Known(redriven, Map.of());
        }
    }

    private static String storedId(DeadLetter letter) {
        return Attempt.storedId(letter.message().id());
    }

    private static LetterView view(DeadLetter letter, Subscription subscription, Known known, boolean withBody) {
        var message = letter.message();
        var last = known.reasons().get(storedId(letter));
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
                known.redriven().contains(new StoredAt(letter.brokerName(), letter.queueOffset())),
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
