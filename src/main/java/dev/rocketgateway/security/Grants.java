package dev.rocketgateway.security;

import dev.rocketgateway.message.TopicName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The permissions of a caller, and the topics to which each permission applies. Immutable. */
public final class Grants {

    public static final Grants NONE = new Grants(Map.of(), List.of());

    private final Map<Permission, List<TopicPattern>> patterns;
    private final List<TopicPattern> groups;

    private Grants(Map<Permission, List<TopicPattern>> patterns, List<TopicPattern> groups) {
        this.patterns = patterns;
        this.groups = groups;
    }

    /**
     * @param patterns the topics of each permission; {@link Permission#ADMIN} applies to all topics, whatever its patterns are
     * @param groups consumer groups that the subscriptions of the caller may use, besides their default groups
     */
    public static Grants of(Map<Permission, List<TopicPattern>> patterns, List<TopicPattern> groups) {
        var copy = new EnumMap<Permission, List<TopicPattern>>(Permission.class);
        patterns.forEach((permission, topics) -> copy.put(permission, List.copyOf(topics)));
        return new Grants(copy, List.copyOf(groups));
    }

    /** Returns grants of these permissions on all topics. */
    public static Grants onAllTopics(Collection<Permission> permissions) {
        var all = new EnumMap<Permission, List<TopicPattern>>(Permission.class);
        permissions.forEach(permission -> all.put(permission, List.of(TopicPattern.ALL)));
        return new Grants(all, List.of());
    }

    /** Returns grants that allow everything that at least one of the given grants allows. */
    public static Grants union(Collection<Grants> several) {
        var all = new EnumMap<Permission, List<TopicPattern>>(Permission.class);
        for (var one : several) {
            one.patterns.forEach((permission, topics) ->
                    all.computeIfAbsent(permission, first -> new ArrayList<>()).addAll(topics));
        }
        return of(
                all, several.stream().flatMap(grants -> grants.groups.stream()).toList());
    }

    boolean allowGroup(String group) {
        return isAdmin() || groups.stream().anyMatch(pattern -> pattern.matches(group));
    }

    boolean allow(Permission permission, TopicName topic) {
        if (isAdmin()) {
            return true;
        }
        for (var pattern : patterns.getOrDefault(permission, List.of())) {
            if (pattern.matches(topic.value())) {
                return true;
            }
        }
        return false;
    }

    boolean isAdmin() {
        return !patterns.getOrDefault(Permission.ADMIN, List.of()).isEmpty();
    }

    @Override
    public String toString() {
        return patterns.toString();
    }
}
