package dev.rocketgateway.security;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import java.net.Inet6Address;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Converts the address of a caller to a key: one string for all requests of one caller. */
public final class CallerAddress {

    /**
     * Number of bytes that name the network in an IPv6 address. The key has only these bytes, because a caller can use all
     * addresses of its network.
     */
    private static final int NETWORK_BYTES = 8;

    private CallerAddress() {}

    /** Returns the key of the caller: its IPv4 address, or the network of its IPv6 address. */
    public static String of(HttpServerRequest request) {
        var address = request.remoteAddress();
        return ofAddress(address == null ? null : address.hostAddress());
    }

    static String ofAddress(@Nullable String text) {
        if (text == null) {
            return "unknown";
        }
        var address = NetUtil.createInetAddressFromIpAddressString(text);
        if (address == null) {
            return text;
        }
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES))
                : address.getHostAddress();
    }
}
