package dev.rocketgateway.webhook.address;

import java.util.regex.Pattern;

/** A single port or a range of ports. */
public record PortRange(int first, int last) {

    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    public PortRange {
        if (first < 1 || last > 65535 || first > last) {
            throw new IllegalArgumentException("%d-%d is not a range of ports from 1 to 65535".formatted(first, last));
        }
    }

    /** Parses {@code 22} or {@code 2379-2380}. */
    public static PortRange of(String text) {
        var parts = SYNTAX.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'%s' is not a port, nor a range such as 2379-2380".formatted(text));
        }
        int first = Integer.parseInt(parts.group(1));
        return new PortRange(first, parts.group(2) == null ? first : Integer.parseInt(parts.group(2)));
    }

    public boolean has(int port) {
        return port >= first && port <= last;
    }
}
