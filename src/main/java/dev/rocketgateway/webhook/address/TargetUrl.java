package dev.rocketgateway.webhook.address;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A parsed URL of an endpoint. Both the target policy and the connection use it, so they cannot read a URL differently.
 *
 * @param host the host to resolve: in lower case, without brackets, with its trailing dot if it has one
 * @param address set if the host is an address
 * @param file path and query as on the wire
 */
public record TargetUrl(boolean tls, String host, int port, Optional<InetAddress> address, String file) {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern NUMBER = Pattern.compile("\\d+|0[xX][0-9a-fA-F]*");
    private static final int LONGEST_NAME = 253;

    /** Says that a URL is not valid for webhooks under any policy, and why. */
    public static final class InvalidTargetException extends Exception {

        InvalidTargetException(String message) {
            super(message);
        }
    }

    public static TargetUrl of(URI url) throws InvalidTargetException {
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new InvalidTargetException("must begin with http:// or https://");
        }
        // Not URI.getHost: it returns null for a host that it cannot parse, and reads 010.0.0.1 as an address.
        var authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
        if (authority.indexOf('@') >= 0) {
            throw new InvalidTargetException("must not contain user information");
        }
        if (url.getRawFragment() != null) {
            throw new InvalidTargetException("must not contain a fragment");
        }
        boolean tls = scheme.equals("https");
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        var host = end < 0 ? authority : authority.substring(0, end);
        var port = end < 0 ? "" : authority.substring(end);
        var path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var file = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        var literal = literal(host);
        return new TargetUrl(
                tls, unbracketed(host).toLowerCase(Locale.ROOT), port(port, tls ? 443 : 80), literal, ascii(file));
    }

    /** Percent-encodes characters outside ASCII as UTF-8: URLs in a store of an older version can contain them. */
    private static String ascii(String file) {
        return file.chars().allMatch(c -> c < 0x80) ? file : URI.create(file).toASCIIString();
    }

    /** The host without a trailing dot, for comparison with names. */
    public String name() {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** The host as it is written in the {@code Host} header. */
    public String hostForHeader() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : name();
    }

    private static int port(String text, int usual) throws InvalidTargetException {
        if (text.isEmpty() || text.equals(":")) {
            return usual;
        }
        int port = text.matches(":\\d{1,5}") ? Integer.parseInt(text.substring(1)) : 0;
        if (port < 1 || port > 65535) {
            throw new InvalidTargetException("has a port that is not from 1 to 65535");
        }
        return port;
    }

    private static Optional<InetAddress> literal(String host) throws InvalidTargetException {
        if (host.startsWith("[")) {
            if (host.indexOf('%') >= 0) {
                throw new InvalidTargetException("must not contain an IPv6 zone");
            }
            var address = IpLiteral.parse(unbracketed(host));
            if (address.isEmpty() || host.indexOf(':') < 0) {
                throw new InvalidTargetException("has brackets without an IPv6 address");
            }
            return address;
        }
        requireName(host);
        var address = IpLiteral.parse(host);
        var labels = host.split("\\.");
        if (address.isEmpty() && NUMBER.matcher(labels[labels.length - 1]).matches()) {
            throw new InvalidTargetException(
                    "has a host that is a number: write IPv4 addresses as four decimal numbers");
        }
        return address;
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static void requireName(String host) throws InvalidTargetException {
        var name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (name.isEmpty()) {
            throw new InvalidTargetException("has no host");
        }
        if (name.indexOf('%') >= 0) {
            throw new InvalidTargetException("has a percent-encoded host");
        }
        if (!name.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new InvalidTargetException(
                    "has a host with characters outside ASCII: write international names in their xn-- form");
        }
        if (name.length() > LONGEST_NAME) {
            throw new InvalidTargetException("has a host that is too long");
        }
        for (var label : name.toLowerCase(Locale.ROOT).split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                throw new InvalidTargetException("has a host that is not a host name");
            }
        }
    }
}
