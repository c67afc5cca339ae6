package dev.rocketgateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CallerTest {

    private static final TopicName ORDERS = new TopicName("orders-1");
    private static final TopicName OTHER = new TopicName("other");
    private static final Principal KEY = new Principal(Principal.Kind.API_KEY, "shop");

    private static Caller caller(Principal principal, Grants grants) {
        return new Caller(principal, grants, "192.0.2.1", new AuditLog());
    }

    private static Grants only(Permission permission, String... topics) {
        return Grants.of(
                Map.of(
                        permission,
                        List.of(topics).stream().map(TopicPattern::new).toList()),
                List.of());
    }

    @ParameterizedTest
    @EnumSource(names = "ADMIN", mode = EnumSource.Mode.EXCLUDE)
    void hasAPermissionOnTheTopicsOfItsRules(Permission permission) {
        var caller = caller(KEY, only(permission, "orders-*", "bills"));

        for (var each : Permission.values()) {
            assertThat(caller.may(each, ORDERS)).isEqualTo(each == permission);
            assertThat(caller.may(each, OTHER)).isFalse();
        }
        assertThat(caller.mayAny(ORDERS, Permission.values())).isTrue();
        assertThat(caller.mayAny(OTHER, Permission.values())).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void mayDoEverythingAsAdmin(Permission permission) {
        var caller = caller(KEY, only(Permission.ADMIN, "*"));

        assertThat(caller.may(permission, OTHER)).isTrue();
        assertThatCode(() -> caller.requireAdmin("do it")).doesNotThrowAnyException();
    }

    @Test
    void hasThePermissionsOfAllItsRoles() {
        var caller = caller(
                KEY,
                Grants.union(List.of(
                        only(Permission.PUBLISH, "orders-1"),
                        only(Permission.PUBLISH, "other"),
                        only(Permission.READ, "other"))));

        assertThat(caller.may(Permission.PUBLISH, ORDERS)).isTrue();
        assertThat(caller.may(Permission.PUBLISH, OTHER)).isTrue();
        assertThat(caller.may(Permission.READ, OTHER)).isTrue();
        assertThat(caller.may(Permission.READ, ORDERS)).isFalse();
    }

    @Test
    void isToldWhichPermissionIsMissingAndWhichRuleGivesIt() {
        assertThatThrownBy(() -> caller(KEY, Grants.NONE).require(Permission.PUBLISH, ORDERS))
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.FORBIDDEN))
                .hasMessage(
                        "Permission 'publish' on topic 'orders-1' is missing. Ask the gateway's operator for a role that has the"
                                + " rule gateway.security.rules.<role>.publish=orders-1.");
    }

    @Test
    void isAskedForCredentialsIfItHasNone() {
        var caller = caller(Principal.ANONYMOUS, only(Permission.PUBLISH, "*"));

        assertThatThrownBy(() -> caller.require(Permission.READ, ORDERS))
                .isInstanceOfSatisfying(GatewayException.class, e -> {
                    assertThat(e.type()).isEqualTo(ProblemType.CREDENTIALS_MISSING);
                    assertThat(e.challenge()).hasValue("Bearer realm=\"rocketmq-http-gateway\"");
                });
        assertThatThrownBy(() -> caller.requireAdmin("do it"))
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.CREDENTIALS_MISSING));
    }

    @Test
    void isToldWhichRuleAllowsAConsumerGroup() {
        assertThatThrownBy(() -> caller(KEY, only(Permission.SUBSCRIBE, "*")).requireGroup("GID_a"))
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.FORBIDDEN))
                .hasMessage(
                        "Consumer group 'GID_a' needs a rule, because it is not the default group of the subscription. "
                                + "Ask the gateway's operator for a role that has the rule gateway.security.rules.<role>.groups=GID_a.");
        assertThatThrownBy(() -> caller(Principal.ANONYMOUS, only(Permission.SUBSCRIBE, "*"))
                        .requireGroup("GID_a"))
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.CREDENTIALS_MISSING))
                .hasMessage(
                        "Consumer group 'GID_a' needs a rule, because it is not the default group of the subscription. "
                                + "In the header Authorization, send an API key or a token whose role has the rule gateway.security.rules.<role>.groups=GID_a.");
    }

    @Test
    void isKnownByItsNameAndWithoutOneByItsAddress() {
        assertThat(caller(KEY, Grants.NONE).rateKey()).isEqualTo("api-key:shop");
        assertThat(caller(Principal.ANONYMOUS, Grants.NONE).rateKey()).isEqualTo("192.0.2.1");
        var one = new Principal(Principal.Kind.TOKEN, "x".repeat(1000) + "a");
        var other = new Principal(Principal.Kind.TOKEN, "x".repeat(1000) + "b");
        assertThat(caller(one, Grants.NONE).rateKey())
                .isNotEqualTo(caller(other, Grants.NONE).rateKey())
                .hasSizeLessThan(300);
        assertThat(new Principal(Principal.Kind.TOKEN, "corp/a b\nc")).hasToString("token:corp/a%20b%0Ac");
    }
}
