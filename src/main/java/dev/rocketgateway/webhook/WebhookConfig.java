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

/** The HTTP client behind all webhooks, and where it may go. */
@ConfigMapping(prefix = "gateway.webhook")
public interface WebhookConfig {

    /** How long an unused connection is kept. Longer than the endpoint keeps it costs retries; 0 keeps it until the endpoint closes it. */
    @WithDefault("30s")
    Duration idleTimeout();

    /** How long a connection is used. Too low connects again and again; too high goes on with addresses that are no longer the endpoint's. */
    @WithDefault("5m")
    Duration connectionMaxAge();

    /** Connections of one subscription to one address. Fewer than its `delivery.max-in-flight` makes deliveries wait for one. */
    @WithDefault("256")
    int maxConnectionsPerHost();

    /** How much of a response is read before the connection is dropped. Too high lets endpoints fill the heap. */
    @WithDefault("16K")
    MemorySize maxResponseSize();

    /** How large the status line and the headers of a response may be. Too low fails answers with many cookies; too high lets endpoints fill the heap. */
    @WithDefault("64K")
    MemorySize maxResponseHeadSize();

    /** How long addresses are used before the name is looked up and checked again. Too low loads the name servers; too high connects to addresses that are gone. */
    @WithDefault("10s")
    Duration dnsRefresh();

    /** How long a look-up may take, within the endpoint's own timeout. Too low fails names whose first server is down; too high finds that out late. */
    @WithDefault("5s")
    Duration dnsTimeout();

    /** Names that are looked up at once. Too low lets names whose servers hang hold up the others; too high takes a thread for each. */
    @WithDefault("16")
    int dnsThreads();

    /** How long before its end a token of an OAuth2 server is replaced. Too low sends tokens that have just expired; too high asks for new ones all the time. */
    @WithDefault("30s")
    Duration tokenMargin();

    /** Where webhooks may go: `cluster`, `public-only` or `allowlist`. Too narrow holds deliveries; too wide lets whoever makes subscriptions reach what only the gateway can. */
    @WithDefault("cluster")
    TargetMode targetPolicy();

    /** Exemptions: host names, `*.suffix`, addresses and CIDRs, each with an optional `:port`; with `allowlist` the whole list. Too wide is as no policy. */
    Optional<List<@WithConverter(TargetSettings.AllowedTargets.class) AllowedTarget>> allowedTargets();

    /** Ports no webhook goes to. Too few lets webhooks talk to databases; too many denies endpoints. */
    @WithDefault("22,25,2379-2380,5432,6379,6443,9876,10250,10255,10909-10912")
    Optional<List<@WithConverter(TargetSettings.PortRanges.class) PortRange>> deniedPorts();

    /** Whether `http://` may go to addresses that are not private. True lets everybody on the way read and change webhooks. */
    @WithDefault("false")
    boolean allowPlainHttp();

    /** Whether an endpoint may ask for its certificate not to be verified. True lets an attacker on the way be the endpoint. */
    @WithDefault("false")
    boolean allowInsecureTls();
}
