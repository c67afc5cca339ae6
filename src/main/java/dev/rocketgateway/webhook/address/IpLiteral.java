package dev.rocketgateway.webhook.address;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Parses literal addresses, and finds IPv4 addresses embedded in IPv6 addresses. Never resolves a name. */
public final class IpLiteral {

    private static final IpRange COMPATIBLE = IpRange.of("::/96");
    private static final IpRange NAT64 = IpRange.of("64:ff9b::/96");
    private static final IpRange NAT64_LOCAL = IpRange.of("64:ff9b:1::/48");
    private static final IpRange SIX_TO_FOUR = IpRange.of("2002::/16");
    private static final IpRange TEREDO = IpRange.of("2001::/32");

    private IpLiteral() {}

    /**
     * Parses four decimal numbers without leading zeros, or an IPv6 address without brackets and zone, and nothing else. An
     * IPv4-mapped IPv6 address becomes the IPv4 address.
     */
    public static Optional<InetAddress> parse(String text) {
        // Guava also takes digits outside ASCII, and zones.
        return text.chars().allMatch(IpLiteral::isOfAnAddress) && InetAddresses.isInetAddress(text)
                ? Optional.of(InetAddresses.forString(text))
                : Optional.empty();
    }

    private static boolean isOfAnAddress(int c) {
        return HexFormat.isHexDigit(c) || c == ':' || c == '.';
    }

    /**
     * The address, and the IPv4 addresses to which a translator or a tunnel may forward it.
     *
     * <pre>
     * form                         | where the IPv4 address is
     * -----------------------------|-------------------------------------------------------
     * ::/96 (compatible)           | last 32 bits
     * 64:ff9b::/96 (NAT64)         | last 32 bits
     * 64:ff9b:1::/48 (local NAT64) | last 32 bits, or bits 48 to 87 around the octet at 64
     * 2002::/16 (6to4)             | bits 16 to 47
     * 2001::/32 (Teredo)           | bits 32 to 63 (server), last 32 bits inverted (client)
     * </pre>
     * The mapped form {@code ::ffff:0:0/96} is already an IPv4 address in Java.
     */
    public static List<InetAddress> withHidden(InetAddress address) {
        var all = new ArrayList<InetAddress>();
        all.add(address);
        var bytes = address.getAddress();
        if (bytes.length == 4 || address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            // ::1 and :: look like IPv4-compatible addresses but are not.
            return all;
        }
        if (COMPATIBLE.has(address) || NAT64.has(address)) {
            all.add(v4(bytes, 12, 13, 14, 15));
        } else if (NAT64_LOCAL.has(address)) {
            boolean wide = bytes[12] != 0 || bytes[13] != 0 || bytes[14] != 0 || bytes[15] != 0;
            all.add(wide ? v4(bytes, 12, 13, 14, 15) : v4(bytes, 6, 7, 9, 10));
            if (wide && (bytes[6] != 0 || bytes[7] != 0)) {
                all.add(v4(bytes, 6, 7, 9, 10));
            }
        } else if (SIX_TO_FOUR.has(address)) {
            all.add(v4(bytes, 2, 3, 4, 5));
        } else if (TEREDO.has(address)) {
            all.add(v4(bytes, 4, 5, 6, 7));
            var inverted = bytes.clone();
            for (int i = 12; i < 16; i++) {
                inverted[i] = (byte) ~inverted[i];
            }
            all.add(v4(inverted, 12, 13, 14, 15));
        }
        return all;
    }

    private static InetAddress v4(byte[] bytes, int... at) {
        try {
            return InetAddress.getByAddress(new byte[] {bytes[at[0]], bytes[at[1]], bytes[at[2]], bytes[at[3]]});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
