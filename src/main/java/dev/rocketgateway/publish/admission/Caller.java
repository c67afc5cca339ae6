package dev.rocketgateway.publish.admission;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import java.net.Inet6Address;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Who sent a request, as far as the gateway can tell: the address it came from. */
final class Caller {

    /** Bytes of an IPv6 address that name the network; whoever has one has all addresses in it. */
    private static final int NETWORK_BYTES = 8;

    private Caller() {}

    /** The same text for all requests of one caller. */
    static String of(HttpServerRequest request) {
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
