package dev.rocketgateway.webhook;

import dev.rocketgateway.webhook.address.AllowedTarget;
import dev.rocketgateway.webhook.address.PortRange;
import dev.rocketgateway.webhook.address.TargetMode;
import dev.rocketgateway.webhook.address.TargetSettings;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of the HTTP client of all webhooks, and of the target policy. */
@ConfigMapping(prefix = "gateway.webhook")
public interface WebhookConfig {

    /**
     * How long an idle connection is kept, in whole seconds. Too low: many new connections. Longer than the endpoint keeps
     * it: some webhooks need a second try. `0s`: until the endpoint closes it.
     */
    @WithDefault("30s")
    Duration idleTimeout();

    /**
     * Longest use of a connection. Too low: many new connections. Too high: webhooks go to addresses that no longer belong to the
     * endpoint.
     */
    @WithDefault("5m")
    Duration connectionMaxAge();

    /**
     * Maximum number of connections of one subscription to one address. Lower than its `delivery.max-in-flight`: deliveries wait for a
     * connection. Too high: the endpoint has too many connections.
     */
    @WithDefault("256")
    int maxConnectionsPerHost();

    /**
     * Maximum number of bytes of a response body that are read. If a body is longer, the gateway closes the connection. Too low: failures of
     * batches cannot be read. Too high: endpoints can fill the heap.
     */
    @WithDefault("16K")
    MemorySize maxResponseSize();

    /**
     * Largest size of the status line and headers of a response; a larger head fails the attempt with class `protocol`. Too
     * low: responses with many cookies fail. Too high: endpoints can fill the heap.
     */
    @WithDefault("64K")
    MemorySize maxResponseHeadSize();

    /**
     * How long addresses are used before the name is resolved and checked again; the JVM caches addresses for another 30 s.
     * Too low: load on the DNS servers. Too high: connections go to old addresses.
     */
    @WithDefault("10s")
    Duration dnsRefresh();

    /**
     * Longest time to resolve a name, within the timeout of the endpoint. Too low: names fail while the first DNS server is down.
     * Too high: failures are noticed late.
     */
    @WithDefault("5s")
    Duration dnsTimeout();

    /** Maximum number of names that are resolved at once. Too low: names with hanging DNS servers hold up others. Too high: many threads. */
    @WithDefault("16")
    int dnsThreads();

    /**
     * How long before its expiry an OAuth2 token is replaced. Too low: expired tokens are sent. Too high: tokens are requested all
     * the time.
     */
    @WithDefault("30s")
    Duration tokenMargin();

    /**
     * Where webhooks may go: `cluster`, `public-only` or `allowlist`; see [target policy](webhooks.md#target-policy). Too
     * narrow: deliveries are held. Too wide: creators of subscriptions can reach hosts that only the gateway can reach.
     */
    @WithDefault("cluster")
    TargetMode targetPolicy();

    /**
     * Exemptions from the target policy, separated by commas: host names, `*.suffix`, addresses and CIDRs, each with an optional
     * `:port`; with `allowlist`, all allowed targets. Too wide: the policy has no effect. Dev mode sets `127.0.0.0/8,::1`.
     */
    Optional<List<@WithConverter(TargetSettings.AllowedTargets.class) AllowedTarget>> allowedTargets();

    /** Ports to which no webhook is sent. Too few: webhooks can reach databases. Too many: endpoints are denied. */
    @WithDefault("22,25,2379-2380,5432,6379,6443,9876,10250,10255,10909-10912")
    Optional<List<@WithConverter(TargetSettings.PortRanges.class) PortRange>> deniedPorts();

    /**
     * Whether `http://` webhooks may go to addresses that are not private. True: everybody on the way can read and change webhooks.
     */
    @WithDefault("false")
    boolean allowPlainHttp();

    /**
     * Whether a subscription may turn off the verification of its endpoint's certificate. True: an attacker on the way can pose as
     * the endpoint.
     */
    @WithDefault("false")
    boolean allowInsecureTls();
}
