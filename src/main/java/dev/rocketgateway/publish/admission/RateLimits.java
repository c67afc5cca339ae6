package dev.rocketgateway.publish.admission;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.PublishConfig;
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
 * The rates callers and topics are held to, as token buckets: a window's worth of messages at once, and then as they come back.
 *
 * <p>Thread-safe and never blocks. Made at start, so that a rate that is none is found there.
 */
@Startup
@Singleton
public class RateLimits {

    private static final String CALLER = "caller";
    private static final String TOPIC = "topic";

    private final List<RateLimit> limits = new ArrayList<>();
    private final PublishMetrics metrics;

    /**
     * @throws ConfigurationException for a rate or a window that cannot be
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
        messages.ifPresent(number -> {
            if (number < 1 || number > window.toNanos()) {
                throw new ConfigurationException(
                        "gateway.publish.rate-limit.per-%s is %d; it must be at least 1, and at most one message per nanosecond of the window"
                                .formatted(name, number));
            }
            limits.add(new RateLimit(name, number, window, clock));
        });
    }

    /** What is left for a request. */
    public Share of(RoutingContext context, TopicName topic) {
        // Most services have no rates, and then nobody needs to know who calls.
        var caller = limits.isEmpty() ? "" : Caller.of(context.request());
        return of(caller, topic, (field, value) -> {
            if (!context.response().headWritten()) {
                context.response().putHeader(field, value);
            }
        });
    }

    /**
     * @param fields takes the RateLimit fields of the answer whenever they change
     */
    public Share of(String caller, TopicName topic, BiConsumer<String, String> fields) {
        return new Share(
                fields,
                limits.stream()
                        .map(limit -> limit.of(limit.name().equals(TOPIC) ? topic.value() : caller))
                        .toList());
    }

    /** What one request is held to. Used by one thread at a time. */
    public final class Share {

        private final BiConsumer<String, String> fields;
        private final List<RateLimit.Quota> quotas;

        private Share(BiConsumer<String, String> fields, List<RateLimit.Quota> quotas) {
            this.fields = fields;
            this.quotas = quotas;
        }

        /**
         * Takes one message, the only one or the first of a batch, before its body is read.
         *
         * @throws GatewayException {@code rate-limited}
         */
        public void takeFirst() {
            take(1);
        }

        /**
         * Takes all messages of a batch, the first of which was taken before; or none, not even the first.
         *
         * @throws GatewayException {@code rate-limited}, {@code batch-too-large} for more than there can ever be
         */
        public void takeBatch(int messages) {
            quotas.forEach(quota -> quota.bucket().addTokens(1));
            int most = min(RateLimit::messages);
            if (messages > most) {
                tell();
                throw GatewayException.of(
                        ProblemType.BATCH_TOO_LARGE,
                        "The batch has %d messages, but the rate allows %d at once. Send smaller batches."
                                .formatted(messages, most));
            }
            take(messages);
        }

        private void take(int messages) {
            tryTake(messages).ifPresent(refusal -> {
                tell();
                metrics.rateLimited(refusal.limit.name());
                throw refusal.toProblem();
            });
            tell();
        }

        /** Takes as many from all rates, or from none. */
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

        /** Messages a stream takes at once. */
        public int turn() {
            return min(RateLimit::turn);
        }

        /**
         * Takes messages of a stream, or none: then it is to try again after a while.
         *
         * @param messages no more than {@link #turn()}
         * @param again whether this is not the first try
         */
        public Optional<Refusal> tryTurn(int messages, boolean again) {
            var refusal = tryTake(messages);
            if (refusal.isPresent() && !again) {
                metrics.rateLimited(refusal.get().limit.name());
            }
            tell();
            return refusal;
        }

        private int min(ToIntFunction<RateLimit> number) {
            return quotas.stream()
                    .mapToInt(quota -> number.applyAsInt(quota.limit()))
                    .min()
                    .orElse(Integer.MAX_VALUE);
        }

        private void tell() {
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
     * There is not enough left.
     *
     * @param delay until there is, if nobody else takes it
     */
    public record Refusal(RateLimit limit, Duration delay) {

        public GatewayException toProblem() {
            return GatewayException.of(ProblemType.RATE_LIMITED, limit.usedUp()).withRetryAfter(delay);
        }
    }
}
