package dev.rocketgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import dev.rocketgateway.testing.ConfigKeys;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownSettingsTest {

    private static List<String> unknown(Map<String, String> properties, Map<String, String> environment) {
        var builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withProfile("prod")
                .withDefaultValue("smallrye.config.mapping.validate-unknown", "false")
                .withSources(
                        new PropertiesConfigSource(properties, "file", 250), new EnvConfigSource(environment, 300));
        KnownSettings.MAPPINGS.forEach(builder::withMapping);
        return UnknownSettings.in(builder.build());
    }

    @Test
    void everyConfigMappingIsKnown() {
        var known = KnownSettings.read();
        assertThat(ConfigKeys.all().keySet())
                .isNotEmpty()
                .allMatch(name -> known.has(name.replace(ConfigKeys.CHOSEN, "some-name")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gateway.publish.max-message-siz                            | gateway.publish.max-message-size
            gateway.publish.maxMessageSize                             | gateway.publish.max-message-size
            gateway.publsh.max-message-size                            | gateway.publish.max-message-size
            gateway.shutdown-timeouts                                  | gateway.shutdown-timeout
            gateway.rocketmq.retries.synch                             | gateway.rocketmq.retries.sync
            gateway.subscriptions.billing.source.topci                 | gateway.subscriptions.billing.source.topic
            gateway.subscriptions."my.shop".source.topci               | gateway.subscriptions."my.shop".source.topic
            gateway.subscription.billing.source.topic                  | gateway.subscriptions.billing.source.topic
            gateway.subscriptions.billing.endpoint.signing.key[0].id   | gateway.subscriptions.billing.endpoint.signing.keys[0].id
            """)
    void aPropertyThatIsNoSettingIsNamedWithTheNearestSetting(String name, String nearest) {
        assertThat(unknown(Map.of(name, "1"), Map.of()))
                .containsExactly("Unknown setting `%s`. Did you mean `%s`?".formatted(name, nearest));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GATEWAY_PUBLISH_MAX_MESSAGE_SIZ             | GATEWAY_PUBLISH_MAX_MESSAGE_SIZE
            GATEWAY_PUBLISH_MAXMESSAGESIZE              | GATEWAY_PUBLISH_MAX_MESSAGE_SIZE
            GATEWAY_ROCKETMQ_NAMESVR_ADDR               | GATEWAY_ROCKETMQ_NAMESRV_ADDR
            GATEWAY_NAMESRV_ADDR                        | GATEWAY_ROCKETMQ_NAMESRV_ADDR
            _PROD_GATEWAY_PUBLISH_MAX_MESSAGE_SIZ       | _PROD_GATEWAY_PUBLISH_MAX_MESSAGE_SIZE
            GATEWAY_SUBSCRIPTIONS_BILLING_SOURCE_TOPCI  | GATEWAY_SUBSCRIPTIONS_BILLING_SOURCE_TOPIC
            GATEWAY_SUBSCRIPTIONS__MY_SHOP__SOURCE_TOPC | GATEWAY_SUBSCRIPTIONS__MY_SHOP__SOURCE_TOPIC
            GATEWAY_WEBHOOK_ALLOWED_TARGET_0_           | GATEWAY_WEBHOOK_ALLOWED_TARGETS_0_
            """)
    void aVariableThatSetsNothingIsNamedWithTheNearestVariable(String name, String nearest) {
        assertThat(unknown(Map.of(), Map.of(name, "1")))
                .containsExactly(
                        "Unknown setting in environment variable `%s`. Did you mean `%s`?".formatted(name, nearest));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GATEWAY_PUBLISH_MAX_MESSAGE_SIZE",
                "gateway_publish_max_message_size",
                "_PROD_GATEWAY_PUBLISH_MAX_MESSAGE_SIZE",
                "_DEV_GATEWAY_PUBLISH_MAX_MESSAGE_SIZ",
                "GATEWAY_SUBSCRIPTIONS_BILLING_SOURCE_TOPIC",
                "GATEWAY_SUBSCRIPTIONS__MY_SHOP__SOURCE_TOPIC",
                "GATEWAY_SUBSCRIPTIONS_BILLING_ENDPOINT_SIGNING_KEYS_0__ID",
                "GATEWAY_SUBSCRIPTIONS_BILLING_ENDPOINT_HEADERS_X",
                "_PROD_GATEWAY_SUBSCRIPTIONS_BILLING_SOURCE_TOPIC",
                "GATEWAY_STORE_ENCRYPTION_KEYS_0_",
                "GATEWAY_WEBHOOK_ALLOWED_TARGETS_0_",
                "API_GATEWAY_URL",
                "GATEWAY_API_KEY",
                "GATEWAYS",
            })
    void acceptsVariablesThatSetSomethingOrBelongToOthers(String name) {
        assertThat(unknown(Map.of(), Map.of(name, name.contains("TARGETS") ? "10.0.0.0/8" : "1")))
                .isEmpty();
    }

    @Test
    void aVariableSetsTheSubscriptionThatAFileNames() {
        assertThat(unknown(
                        Map.of("gateway.subscriptions.my-shop.source.topic", "a"),
                        Map.of("GATEWAY_SUBSCRIPTIONS_MY_SHOP_SOURCE_TOPIC", "b")))
                .isEmpty();
    }

    @Test
    void acceptsTheVariablesOfAKubernetesServiceNamedGateway() {
        assertThat(unknown(
                        Map.of(),
                        Map.of(
                                "GATEWAY_SERVICE_HOST", "10.0.0.1",
                                "GATEWAY_SERVICE_PORT", "8080",
                                "GATEWAY_SERVICE_PORT_HTTP", "8080",
                                "GATEWAY_PORT", "tcp://10.0.0.1:8080",
                                "GATEWAY_PORT_8080_TCP", "tcp://10.0.0.1:8080",
                                "GATEWAY_PORT_8080_TCP_PROTO", "tcp",
                                "GATEWAY_PORT_8080_TCP_PORT", "8080",
                                "GATEWAY_PORT_8080_TCP_ADDR", "10.0.0.1",
                                "GATEWAY_ADMIN_SERVICE_HOST", "10.0.0.1",
                                "GATEWAY_ADMIN_PORT", "udp://10.0.0.1:8080")))
                .isEmpty();
    }

    @Test
    void aPortThatKubernetesWouldNotSetIsAFault() {
        assertThat(unknown(Map.of(), Map.of("GATEWAY_HTTP_PORT", "8081"))).hasSize(1);
    }

    @Test
    void acceptsAVariableThatAValueRefersTo() {
        assertAll(
                () -> assertThat(unknown(
                                Map.of("gateway.store.username", "${GATEWAY_DB_USER}"),
                                Map.of("GATEWAY_DB_USER", "shop")))
                        .isEmpty(),
                () -> assertThat(unknown(
                                Map.of("gateway.store.username", "${GATEWAY_DB_USER:none}"),
                                Map.of("GATEWAY_DB_USER", "shop")))
                        .isEmpty(),
                () -> assertThat(unknown(
                                Map.of("gateway.store.username", "GATEWAY_DB_USER"), Map.of("GATEWAY_DB_USER", "shop")))
                        .hasSize(1));
    }

    @Test
    void eachIsNamed() {
        assertThat(unknown(Map.of("gateway.x", "1", "gateway.y", "1"), Map.of("GATEWAY_Z", "1")))
                .hasSize(3);
    }
}
