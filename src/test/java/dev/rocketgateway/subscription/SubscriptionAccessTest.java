package dev.rocketgateway.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.security.AuditLog;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Grants;
import dev.rocketgateway.security.Permission;
import dev.rocketgateway.security.Principal;
import dev.rocketgateway.security.TopicPattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SubscriptionAccessTest {

    private static final Caller OWNER = caller(Map.of(
            Permission.SUBSCRIBE, List.of(new TopicPattern("orders")),
            Permission.PUBLISH, List.of(new TopicPattern("orders-dead"))));
    private static final Caller ADMIN = caller(Map.of(Permission.ADMIN, List.of(new TopicPattern("*"))));

    private static Caller caller(Map<Permission, List<TopicPattern>> permissions) {
        return new Caller(
                new Principal(Principal.Kind.API_KEY, "owner"),
                Grants.of(permissions, List.of(new TopicPattern("GID_mine_*"))),
                "192.0.2.1",
                new AuditLog());
    }

    private static Subscription billing(String... settings) {
        return TestSubscriptions.subscription("billing", settings);
    }

    static Stream<Arguments> needs() {
        return Stream.of(
                Arguments.of("nothing more", new String[] {}, ""),
                Arguments.of(
                        "subscribe", new String[] {"source.topic", "other"}, "Permission 'subscribe' on topic 'other'"),
                Arguments.of(
                        "publish",
                        new String[] {"dead-letter.mode", "TOPIC", "dead-letter.topic", "other"},
                        "Permission 'publish' on topic 'other'"),
                Arguments.of(
                        "what it has",
                        new String[] {"dead-letter.mode", "TOPIC", "dead-letter.topic", "orders-dead"},
                        ""),
                Arguments.of("its group", new String[] {"source.consumer-group", "GID_mine_1"}, ""),
                Arguments.of(
                        "a group of others",
                        new String[] {"source.consumer-group", "GID_other"},
                        "Consumer group 'GID_other' needs a rule"),
                Arguments.of(
                        "a secret file",
                        new String[] {"endpoint.auth.type", "BEARER", "endpoint.auth.token-ref", "team-b/token"},
                        "Permission 'admin' is needed to use the secret file 'team-b/token'"),
                Arguments.of(
                        "a key file",
                        new String[] {
                            "endpoint.signing.keys[0].id", "k1", "endpoint.signing.keys[0].secret-ref", "team-b/key"
                        },
                        "Permission 'admin' is needed to use the secret file 'team-b/key'"),
                Arguments.of(
                        "a certificate",
                        new String[] {"endpoint.url", "https://billing/", "endpoint.tls.client-cert-ref", "team-b/tls"},
                        "Permission 'admin' is needed to use the secret file 'team-b/tls/tls"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("needs")
    void aNewSubscriptionNeedsWhatItsSettingsReach(String what, String[] settings, String refusal) {
        var candidate = billing(settings);
        assertThatCode(() -> SubscriptionAccess.requireSettings(ADMIN, candidate, Optional.empty()))
                .doesNotThrowAnyException();
        if (refusal.isEmpty()) {
            assertThatCode(() -> SubscriptionAccess.requireSettings(OWNER, candidate, Optional.empty()))
                    .doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> SubscriptionAccess.requireSettings(OWNER, candidate, Optional.empty()))
                    .isInstanceOf(GatewayException.class)
                    .hasMessageStartingWith(refusal);
        }
    }

    @Test
    void aChangeMayKeepTheGroupAndTheFilesOfTheSubscription() {
        String[] settings = {
            "source.consumer-group",
            "GID_other",
            "endpoint.auth.type",
            "BEARER",
            "endpoint.auth.token-ref",
            "team-b/token"
        };

        assertThatCode(() ->
                        SubscriptionAccess.requireSettings(OWNER, billing(settings), Optional.of(billing(settings))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "http://billing/hook, http://billing/other, true",
        "http://billing/hook, http://BILLING/hook?a=b, true",
        "http://billing/hook, http://evil/hook, false",
        "http://billing/hook, https://billing/hook, false",
        "http://billing/hook, http://billing:8080/hook, false"
    })
    void keptCredentialsDoNotGoToAnotherHost(String before, String after, boolean allowed) {
        String[] credentials = {"endpoint.auth.type", "BEARER", "endpoint.auth.token", "secret-of-billing"};
        var current = billing(with(credentials, before));
        var candidate = billing(with(credentials, after));

        if (allowed) {
            SubscriptionAccess.requireSettings(ADMIN, candidate, Optional.of(current));
        } else {
            assertThatThrownBy(() -> SubscriptionAccess.requireSettings(ADMIN, candidate, Optional.of(current)))
                    .isInstanceOf(GatewayException.class)
                    .hasMessage(
                            "endpoint.auth.token: must be sent again, because a URL of the endpoint has another scheme, host"
                                    + " or port than before");
        }
    }

    @Test
    void newCredentialsGoToAnotherHost() {
        var current = billing("endpoint.auth.type", "BEARER", "endpoint.auth.token", "secret-of-billing");
        var candidate = billing(
                "endpoint.url",
                "http://other/",
                "endpoint.auth.type",
                "BEARER",
                "endpoint.auth.token",
                "another-secret");

        assertThatCode(() -> SubscriptionAccess.requireSettings(OWNER, candidate, Optional.of(current)))
                .doesNotThrowAnyException();
    }

    private static String[] with(String[] settings, String url) {
        return Stream.concat(Stream.of(settings), Stream.of("endpoint.url", url))
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({"orders, true", "orders-of-others, false", "%DLQ%GW-billing, false", "not a topic, true"})
    void deadLettersOfAnotherTopicAreThoseOfOthers(String topic, boolean covered) {
        assertThat(SubscriptionAccess.coversMessage(OWNER, Permission.SUBSCRIBE, billing(), topic))
                .isEqualTo(covered);
    }
}
