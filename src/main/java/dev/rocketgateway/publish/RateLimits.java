package dev.rocketgateway.publish;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.github.bucket4j.TimeMeter;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * The rates callers and topics are held to, as token buckets: a window's worth of messages at once, and then as they come back.
 *
 * <p>Thread-safe and never blocks. Made at start, so that a rate that is none is found there.
 */
@Startup
@ApplicationScoped
class RateLimits {

    private static final String CALLER = "caller";
    private static final String TOPIC = "topic";

    private final List<RateLimit> limits = new ArrayList<>();
    private final PublishMetrics metrics;

    /**
     * @throws ConfigurationException for a rate or a window that is not positive
     */
    @Inject
    RateLimits(PublishConfig config, PublishMetrics metrics) {
        this(config.rateLimit(), metrics, TimeMeter.SYSTEM_NANOTIME);
    }

    RateLimits(PublishConfig.RateLimit config, PublishMetrics metrics, TimeMeter clock) {
        this.metrics = metrics;
        if (config.window().compareTo(Duration.ofMillis(1)) < 0) {
            throw new ConfigurationException(
                    "gateway.publish.rate-limit.window is %s; it must be at least 1ms".formatted(config.window()));
        }
        add(CALLER, config.perCaller(), config.window(), clock);
        add(TOPIC, config.perTopic(), config.window(), clock);
    }

    private void add(String name, Optional<Integer> messages, Duration window, TimeMeter clock) {
        if (messages.isPresent()) {
            if (messages.get() < 1) {
                throw new ConfigurationException("gateway.publish.rate-limit.per-%s is %d; it must be at least 1"
                        .formatted(name, messages.get()));
            }
            limits.add(new RateLimit(name, messages.get(), window, clock));
        }
    }

    /** What is left for a request. */
    Share of(RoutingContext context, TopicName topic) {
        return new Share(
                context,
                limits.stream()
                        .map(limit ->
                                limit.of(limit.name().equals(TOPIC) ? topic.value() : Caller.of(context.request())))
                        .toList());
    }

    /** What one request is held to. Used by one thread at a time. */
    final class Share {

        private final RoutingContext context;
        private final List<RateLimit.Quota> quotas;

        private Share(RoutingContext context, List<RateLimit.Quota> quotas) {
            this.context = context;
            this.quotas = quotas;
        }

        /**
         * Takes one message, the first of a batch or the only one, before its body is read.
         *
         * @throws GatewayException {@code rate-limited}
         */
        void takeFirst() {
            take(1);
        }

        /**
         * Takes all messages of a batch but the first, or none.
         *
         * @throws GatewayException {@code rate-limited}, {@code batch-too-large} for more than there can ever be
         */
        void takeOthers(int all) {
            int most = min(RateLimit::messages);
            if (all > most) {
                throw GatewayException.of(
                        ProblemType.BATCH_TOO_LARGE,
                        "The batch has %d messages, and no more than %d may come at once.".formatted(all, most));
            }
            if (all > 1) {
                take(all - 1);
            }
        }

        private void take(int messages) {
            tryTake(messages).ifPresent(refusal -> {
                throw refusal.toProblem();
            });
        }

        /** Messages that come back within a second, at least one: what a stream takes at once, so that it never waits long. */
        int pace() {
            return min(RateLimit::perSecond);
        }

        private int min(ToIntFunction<RateLimit> number) {
            return quotas.stream()
                    .mapToInt(quota -> number.applyAsInt(quota.limit()))
                    .min()
                    .orElse(Integer.MAX_VALUE);
        }

        /** Takes as many messages, or none and says why. */
        Optional<Refusal> tryTake(int messages) {
            Optional<Refusal> refusal = Optional.empty();
            for (int i = 0; i < quotas.size() && refusal.isEmpty(); i++) {
                var quota = quotas.get(i);
                var probe = quota.bucket().tryConsumeAndReturnRemaining(messages);
                if (!probe.isConsumed()) {
                    quotas.subList(0, i).forEach(taken -> taken.bucket().addTokens(messages));
                    metrics.rateLimited(quota.limit().name());
                    refusal = Optional.of(
                            new Refusal(quota.limit().toString(), Duration.ofNanos(probe.getNanosToWaitForRefill())));
                }
            }
            tell();
            return refusal;
        }

        private void tell() {
            if (!quotas.isEmpty() && !context.response().headWritten()) {
                context.response().putHeader("RateLimit-Policy", list(RateLimit.Quota::policy));
                context.response().putHeader("RateLimit", list(RateLimit.Quota::left));
            }
        }

        private String list(Function<RateLimit.Quota, String> item) {
            return quotas.stream().map(item).collect(Collectors.joining(", "));
        }
    }

    /**
     * There are not enough messages left.
     *
     * @param limit in words
     * @param delay until there are, if nobody else takes them
     */
    record Refusal(String limit, Duration delay) {

        GatewayException toProblem() {
            return GatewayException.of(
                            ProblemType.RATE_LIMITED, "No more than %s may come; nothing was stored.".formatted(limit))
                    .withRetryAfter(delay);
        }
    }
}
