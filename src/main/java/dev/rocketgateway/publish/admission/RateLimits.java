package dev.rocketgateway.publish.admission;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.security.Caller;
import io.github.bucket4j.TimeMeter;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Enforces the rates of callers and topics with token buckets: all messages of a window may come at once, and the bucket refills
 * evenly.
 *
 * <p>Thread-safe and never blocks. Validated at startup, so that an invalid rate fails fast.
 */
@Startup
@Singleton
public class RateLimits {

    private static final String CALLER = "caller";
    private static final String TOPIC = "topic";

    private final List<RateLimit> limits = new ArrayList<>();
    private final PublishMetrics metrics;

    /**
     * @throws ConfigurationException if a rate or the window is invalid
     */
    @Inject
    RateLimits(PublishConfig config, PublishMetrics metrics) {
        this(config.rateLimit(), metrics, TimeMeter.SYSTEM_NANOTIME);
    }

    RateLimits(PublishConfig.RateLimit config, PublishMetrics metrics, TimeMeter clock) {
        this.metrics = metrics;
        var window = config.window();
        if (window.toSeconds() < 1 || window.toNanosPart() != 0) {
            throw new ConfigurationException(
                    "gateway.publish.rate-limit.window is %s; it must be a whole number of seconds, at least 1s"
                            .formatted(Durations.format(window)));
        }
        add(CALLER, config.perCaller(), window, clock);
        add(TOPIC, config.perTopic(), window, clock);
    }

    private void add(String name, Optional<Integer> messages, Duration window, TimeMeter clock) {
        metrics.counts(name);
        messages.ifPresent(number -> {
            if (number < 1 || number > window.toNanos()) {
                throw new ConfigurationException(
                        "gateway.publish.rate-limit.per-%s is %d; it must be from 1 to %d, which is one message per nanosecond of gateway.publish.rate-limit.window"
                                .formatted(name, number, window.toNanos()));
            }
            limits.add(new RateLimit(name, number, window, clock));
        });
    }

    /** Finds the rates that apply to a request. */
    public Share of(RoutingContext context, TopicName topic) {
        // Most services set no rates, and then the caller need not be identified.
        var caller = limits.isEmpty() ? "" : Caller.of(context).rateKey();
        return of(caller, topic, (field, value) -> {
            if (!context.response().headWritten()) {
                context.response().putHeader(field, value);
            }
        });
    }

    /**
     * Finds the rates that apply to a caller and a topic.
     *
     * @param fields receives the RateLimit header fields of the response whenever they change
     */
    public Share of(String caller, TopicName topic, BiConsumer<String, String> fields) {
        return new Share(
                fields,
                limits.stream()
                        .map(limit -> limit.of(limit.name().equals(TOPIC) ? topic.value() : caller))
                        .toList());
    }

    /** The rates that apply to one request, and from which the request takes tokens. Used by one thread at a time. */
    public final class Share {

        private final BiConsumer<String, String> fields;
        private final List<RateLimit.Quota> quotas;

        private Share(BiConsumer<String, String> fields, List<RateLimit.Quota> quotas) {
            this.fields = fields;
            this.quotas = quotas;
        }

        /**
         * Takes a token for one message, the only one or the first of a batch, before the body is read.
         *
         * @throws GatewayException {@code rate-limited}
         */
        public void takeFirst() {
            take(1);
        }

        /**
         * Takes tokens for all messages of a batch, including the first one that was taken before. If there are not enough, takes
         * none and puts the first one back too.
         *
         * @throws GatewayException {@code rate-limited}, {@code batch-too-large} if the batch is larger than the rate can ever
         *     allow
         */
        public void takeBatch(int messages) {
            quotas.forEach(quota -> quota.bucket().addTokens(1));
            int most = min(RateLimit::messages);
            if (messages > most) {
                addFields();
                throw GatewayException.of(
                        ProblemType.BATCH_TOO_LARGE,
                        "The batch has %d messages, but the rate allows %d at once. Send smaller batches."
                                .formatted(messages, most));
            }
            take(messages);
        }

        private void take(int messages) {
            tryTake(messages).ifPresent(refusal -> {
                addFields();
                metrics.rateLimited(refusal.limit.name());
                throw refusal.toProblem();
            });
            addFields();
        }

        /** Takes the same number of tokens from all rates. If one rate has too few, takes none and returns a refusal. */
        private Optional<Refusal> tryTake(int messages) {
            for (int i = 0; i < quotas.size(); i++) {
                if (!quotas.get(i).bucket().tryConsume(messages)) {
                    quotas.subList(0, i).forEach(taken -> taken.bucket().addTokens(messages));
                    long wait = quotas.stream()
                            .mapToLong(quota -> quota.bucket()
                                    .estimateAbilityToConsume(messages)
                                    .getNanosToWaitForRefill())
                            .max()
                            .orElse(0);
                    return Optional.of(new Refusal(quotas.get(i).limit(), Duration.ofNanos(Math.max(1, wait))));
                }
            }
            return Optional.empty();
        }

        /** The maximum number of tokens that a stream takes at a time. */
        public int turn() {
            return min(RateLimit::turn);
        }

        /**
         * Takes tokens for the next messages of a stream. If there are not enough, takes none and returns a refusal; then the
         * stream must try again later.
         *
         * @param messages at most {@link #turn()}
         * @param again whether this is a repeated try, which the metrics do not count again
         */
        public Optional<Refusal> tryTurn(int messages, boolean again) {
            var refusal = tryTake(messages);
            if (refusal.isPresent() && !again) {
                metrics.rateLimited(refusal.get().limit.name());
            }
            addFields();
            return refusal;
        }

        private int min(ToIntFunction<RateLimit> number) {
            return quotas.stream()
                    .mapToInt(quota -> number.applyAsInt(quota.limit()))
                    .min()
                    .orElse(Integer.MAX_VALUE);
        }

        private void addFields() {
            if (!quotas.isEmpty()) {
                fields.accept("RateLimit-Policy", list(RateLimit.Quota::policy));
                fields.accept("RateLimit", list(RateLimit.Quota::left));
            }
        }

        private String list(Function<RateLimit.Quota, String> item) {
            return quotas.stream().map(item).collect(Collectors.joining(", "));
        }
    }

    /**
     * Says that not enough tokens are left.
     *
     * @param delay time until there are enough, if no other request takes them
     */
    public record Refusal(RateLimit limit, Duration delay) {

        public GatewayException toProblem() {
            return problem("Nothing was stored; try again after Retry-After.");
        }

        /** The problem for the first line of a stream that was not stored. */
        public GatewayException toProblemOfALine() {
            return problem("This line and the lines after it were not stored; send them again later.");
        }

        private GatewayException problem(String consequence) {
            return GatewayException.of(ProblemType.RATE_LIMITED, limit.usedUp() + " " + consequence)
                    .withRetryAfter(delay);
        }
    }
}
