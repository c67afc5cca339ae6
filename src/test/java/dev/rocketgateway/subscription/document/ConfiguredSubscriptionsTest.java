package dev.rocketgateway.subscription.document;

import static dev.rocketgateway.subscription.TestSubscriptions.least;
import static dev.rocketgateway.subscription.TestSubscriptions.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.subscription.Source;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfiguredSubscriptionsTest {

    @Test
    void needsATopicAndAUrlAndHasDefaultsForTheRest() {
        var subscription = read(least("billing")).get(0);

        assertThat(subscription.name()).isEqualTo("billing");
        assertThat(subscription.source().topic().value()).isEqualTo("orders");
        assertThat(subscription.source().consumerGroup().value()).isEqualTo("GW-billing");
        assertThat(subscription.source().filter()).isEqualTo(new Source.Filter(Source.Filter.Type.TAG, "*"));
        assertThat(subscription.source().startFrom().position()).isEqualTo(Source.StartFrom.Position.LATEST);
        assertThat(subscription.endpoint().orElseThrow().timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(subscription.delivery().maxInFlight()).isEqualTo(16);
        assertThat(subscription.retry().maxAttempts()).isEqualTo(17);
    }

    @ParameterizedTest
    @CsvSource({
        "source.topic,bad topic,'is not a valid topic name'",
        "source.topic,%RETRY%x,'is reserved for RocketMQ itself'",
        "source.consumer-group,bad group,'is not a valid consumer group'",
        "source.filter.expression,' ','must not be empty'",
        "source.start-from.timestamp,2026-01-01T00:00:00Z,'is required with position TIMESTAMP'",
        "endpoint.http2,true,'needs an https URL'",
        "endpoint.url,ftp://x/y,'must begin with http:// or https://'",
        "endpoint.url,http:///y,'has no host'",
        "endpoint.url,http://a:b@x/y,'must not contain user information'",
        "endpoint.url,http://x/y#z,'must not contain a fragment'",
        "endpoint.url,http://x:0/y,'has a port that is not from 1 to 65535'",
        "endpoint.url,http://x:65536/y,'has a port that is not from 1 to 65535'",
        "endpoint.timeout,99ms,'must be from 100ms to 30s'",
        "endpoint.timeout,31s,'must be from 100ms to 30s'",
        "delivery.max-in-flight,0,'must be from 1 to 256'",
        "delivery.max-in-flight,257,'must be from 1 to 256'",
        "retry.max-attempts,0,'must be from 1 to 100'",
        "retry.max-attempts,101,'must be from 1 to 100'",
    })
    void refusesAndNamesTheKey(String key, String value, String fault) {
        var settings = least("billing");
        settings.put("gateway.subscriptions.billing." + key, value);

        assertThatThrownBy(() -> read(settings))
                .hasMessageContaining("gateway.subscriptions.billing." + key)
                .hasMessageContaining(fault);
    }

    @Test
    void refusesNamesThatCannotBeGroups() {
        assertThatThrownBy(() -> read(least("Billing"))).hasMessageContaining("'Billing' is not a valid name");
        assertThat(read(least("b".repeat(97)))).hasSize(1);
        assertThatThrownBy(() -> read(least("b".repeat(98)))).hasMessageContaining("1 to 97");
    }

    @Test
    void refusesTwoSubscriptionsOfOneGroupAndTellsOfEveryFaultAtOnce() {
        var settings = least("a");
        settings.putAll(least("b"));
        settings.putAll(least("c"));
        settings.put("gateway.subscriptions.b.source.consumer-group", "GW-a");
        settings.put("gateway.subscriptions.c.endpoint.timeout", "1ms");

        assertThatThrownBy(() -> read(settings))
                .hasMessageContaining(
                        "gateway.subscriptions.b.source.consumer-group: is also the group of subscription a; give each subscription its own group")
                .hasMessageContaining("gateway.subscriptions.c.endpoint.timeout");
    }
}
