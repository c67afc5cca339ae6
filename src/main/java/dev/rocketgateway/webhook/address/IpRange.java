package dev.rocketgateway.webhook.address;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Objects;

/** A range of addresses with the same prefix. Does not look at IPv4 addresses that are embedded in IPv6 addresses. */
public record IpRange(byte[] start, int prefix) {

    public IpRange {
        if (prefix < 0 || prefix > start.length * 8) {
            throw new IllegalArgumentException(
                    "/%d is not a valid prefix length for a %d-bit address".formatted(prefix, start.length * 8));
        }
    }

    /** Parses {@code 10.0.0.0/8}, {@code fd00::/8}, or a single address. */
    public static IpRange of(String text) {
        int slash = text.indexOf('/');
        var address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException("'%s' is not an address".formatted(text)));
        var start = address.getAddress();
        if (slash < 0) {
            return new IpRange(start, start.length * 8);
        }
        var prefix = text.substring(slash + 1);
        if (!prefix.matches("\\d{1,3}")) {
            throw new IllegalArgumentException("'%s' has no prefix length such as /8".formatted(text));
        }
        return new IpRange(start, Integer.parseInt(prefix));
    }

    public static IpRange of(InetAddress one) {
        return new IpRange(one.getAddress(), one.getAddress().length * 8);
    }

    /** Whether every address of this range is in the wider range. */
    boolean isWithin(IpRange wider) {
        return prefix >= wider.prefix && wider.has(start);
    }

    public boolean has(InetAddress address) {
        return has(address.getAddress());
    }

    private boolean has(byte[] other) {
        if (other.length != start.length) {
            return false;
        }
        int whole = prefix / 8;
        if (Arrays.mismatch(start, 0, whole, other, 0, whole) >= 0) {
            return false;
        }
        int rest = prefix % 8;
        return rest == 0 || ((start[whole] ^ other[whole]) & 0xff) >>> (8 - rest) == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpRange that && prefix == that.prefix && Arrays.equals(start, that.start);
    }

    @Override
    public int hashCode() {
        return Objects.hash(prefix, Arrays.hashCode(start));
    }
}
