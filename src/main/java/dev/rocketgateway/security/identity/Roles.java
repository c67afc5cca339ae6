package dev.rocketgateway.security.identity;

import dev.rocketgateway.security.Grants;
import dev.rocketgateway.security.Permission;
import dev.rocketgateway.security.SecurityConfig;
import dev.rocketgateway.security.TopicPattern;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Knows what each role may do, from the settings. Immutable. */
final class Roles {

    private final Map<String, Grants> byName = new HashMap<>();

    /**
     * @throws ConfigurationException if a rule for {@code admin} is not {@code *}
     */
    Roles(Map<String, SecurityConfig.RuleConfig> rules) {
        rules.forEach((name, rule) -> byName.put(name, grants(name, rule)));
    }

    private static Grants grants(String role, SecurityConfig.RuleConfig rule) {
        var patterns = new EnumMap<Permission, List<TopicPattern>>(Permission.class);
        for (var permission : Permission.values()) {
            topics(rule, permission).ifPresent(topics -> patterns.put(permission, topics));
        }
        if (patterns.getOrDefault(Permission.ADMIN, List.of()).stream()
                .anyMatch(pattern -> !pattern.text().equals("*"))) {
            throw new ConfigurationException(
                    "`gateway.security.rules.%s.admin` must be `*`: the permission admin belongs to no topic."
                            .formatted(role));
        }
        return Grants.of(patterns, rule.groups().orElse(List.of()));
    }

    private static Optional<List<TopicPattern>> topics(SecurityConfig.RuleConfig rule, Permission permission) {
        return switch (permission) {
            case PUBLISH -> rule.publish();
            case RECEIVE -> rule.receive();
            case SUBSCRIBE -> rule.subscribe();
            case READ -> rule.read();
            case ADMIN -> rule.admin();
        };
    }

    /**
     * Returns the permissions of all given roles together. A role without a rule allows nothing and is not an error, because an
     * issuer has roles for other services too.
     */
    Grants of(Collection<String> roles) {
        return Grants.union(
                roles.stream().map(byName::get).filter(Objects::nonNull).toList());
    }

    /**
     * Returns the permissions of the roles that the settings give to a caller.
     *
     * @param setting name of the setting with the roles, for the error
     * @throws ConfigurationException if there is no role, or if a role has no rule
     */
    Grants of(Optional<List<String>> roles, String setting) {
        var names = roles.orElse(List.of());
        if (names.isEmpty()) {
            throw new ConfigurationException(
                    "`%s` must be set: a caller without a role has no permissions.".formatted(setting));
        }
        for (var name : names) {
            if (!byName.containsKey(name)) {
                throw new ConfigurationException(
                        "`%s` names the role %s, which has no rule. Set `gateway.security.rules.%s.publish` or another permission."
                                .formatted(setting, name, name));
            }
        }
        return of(names);
    }
}
