package dev.rocketgateway.rocketmq.client;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Checks {@code gateway.rocketmq.namesrv-addr}, because the client accepts any string and then fails again and again. */
public final class NameServerList {

    private static final String KEY = "gateway.rocketmq.namesrv-addr";

    /** {@code host:port}, {@code [IPv6]:port}, or an instance endpoint such as {@code http://MQ_INST_….example.com:80}. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?:https?://)?(?:[^\\s/:;,\\[\\]]+|\\[[0-9a-fA-F:.%]+])(?::(\\d{1,5}))?/?");

    private static final int MAX_PORT = 65_535;

    private NameServerList() {}

    /**
     * Checks the addresses, and returns them in the form that the client needs.
     *
     * @throws ConfigurationException naming the address that is wrong
     */
    public static String checked(String text) {
        List<String> addresses = Arrays.stream(text.split(";"))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
        if (addresses.isEmpty()) {
            throw wrong("'%s' has no address".formatted(text));
        }
        addresses.forEach(NameServerList::check);
        return String.join(";", addresses);
    }

    private static void check(String address) {
        if (address.contains(",")) {
            throw wrong("'%s' has a comma; separate addresses by ';'".formatted(address));
        }
        var parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            throw wrong("'%s' is not an address".formatted(address));
        }
        var port = parts.group(1);
        if (port == null) {
            throw wrong("'%s' has no port; name servers listen on 9876 by default".formatted(address));
        }
        if (Integer.parseInt(port) < 1 || Integer.parseInt(port) > MAX_PORT) {
            throw wrong("'%s' has the port %s; a port must be 1 to %d".formatted(address, port, MAX_PORT));
        }
    }

    private static ConfigurationException wrong(String fault) {
        return new ConfigurationException(
                "%s: %s. Write host:port of the name servers, separated by ';', or an instance endpoint."
                        .formatted(KEY, fault));
    }
}
