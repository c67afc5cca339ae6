package dev.rocketgateway.webhook.address;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code gateway.webhook.allowed-targets}.
 *
 * <pre>
 * written                 | means
 * ------------------------|--------------------------------------------------------
 * billing.example.com     | that name
 * *.example.com           | every name with this suffix, but not example.com itself
 * 10.1.2.3, fd00::7       | that address
 * 10.1.0.0/16, fd00::/8   | those addresses
 * any of these with :8080 | the same at that port; IPv6 is [fd00::7]:8080
 * </pre>
 */
public final class AllowedTarget {

    private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
    private static final Pattern NAME = Pattern.compile("(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*");
    private static final Pattern BRACKETED = Pattern.compile("\\[([^\\]]+)\\](?::(\\d{1,5}))?");
    private static final Pattern WITH_PORT = Pattern.compile("([^:]+):(\\d{1,5})");

    private final String written;
    private final @Nullable String name;
    private final @Nullable String suffix;
    private final @Nullable IpRange range;
    private final Optional<Integer> port;

    private AllowedTarget(String written, String host, @Nullable String port) {
        this.written = written;
        this.port = Optional.ofNullable(port).map(Integer::valueOf);
        this.port.ifPresent(number -> new PortRange(number, number));
        boolean byAddress = host.indexOf('/') >= 0 || IpLiteral.parse(host).isPresent();
        range = byAddress ? IpRange.of(host) : null;
        suffix = !byAddress && host.startsWith("*.") ? host.substring(1) : null;
        name = !byAddress && suffix == null ? host : null;
        var named = suffix == null ? host : suffix.substring(1);
        if (!byAddress && (!NAME.matcher(named).matches() || named.matches("(.*\\.)?\\d+"))) {
            throw new IllegalArgumentException(
                    "'%s' is not a host name, *.suffix, address or CIDR, with or without :port".formatted(written));
        }
    }

    /** Parses one of the forms above. */
    public static AllowedTarget of(String text) {
        var written = text.strip().toLowerCase(Locale.ROOT);
        for (var form : new Pattern[] {BRACKETED, WITH_PORT}) {
            var parts = form.matcher(written);
            if (parts.matches()) {
                return new AllowedTarget(written, parts.group(1), parts.group(2));
            }
        }
        return new AllowedTarget(written, written, null);
    }

    /** Whether the entry matches the name of the URL, exactly or by suffix. */
    public boolean names(TargetUrl url) {
        return at(url.port())
                && (url.name().equals(name) || suffix != null && url.name().endsWith(suffix));
    }

    /** Whether the entry matches exactly the name of the URL. */
    public boolean namesAlone(TargetUrl url) {
        return at(url.port()) && url.name().equals(name);
    }

    /** Whether the entry matches the address, exactly or by range. */
    public boolean has(InetAddress address, int toPort) {
        return at(toPort) && range != null && range.has(address);
    }

    /** Whether the entry opens a rule for the address: it matches the address, and its range is not wider than that of the rule. */
    public boolean opens(IpRange rule, InetAddress address, int toPort) {
        return has(address, toPort) && range != null && range.isWithin(rule);
    }

    /** Whether the entry names this port explicitly. */
    public boolean namesPort(int toPort) {
        return port.isPresent() && port.get() == toPort;
    }

    public boolean isByAddress(int toPort) {
        return at(toPort) && range != null;
    }

    private boolean at(int toPort) {
        return port.isEmpty() || port.get() == toPort;
    }

    @Override
    public String toString() {
        return written;
    }
}
