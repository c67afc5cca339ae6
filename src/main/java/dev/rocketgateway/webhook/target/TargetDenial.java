package dev.rocketgateway.webhook.target;

import dev.rocketgateway.webhook.address.TargetUrl;
import java.net.InetAddress;

/**
 * Why no webhook goes to a target, and who can change that.
 *
 * @param rule what is broken: {@code address 127.0.0.1 is denied: loopback}
 * @param remedy which setting opens it, for the operator of the gateway; empty if none does
 */
public record TargetDenial(String rule, String remedy) {

    private static final String OPERATOR = "the gateway's operator can allow it ";

    /** Of a target that an entry among the exemptions opens. */
    static TargetDenial unless(String entry, String rule) {
        return new TargetDenial(rule, OPERATOR + "by adding '%s' to gateway.webhook.allowed-targets".formatted(entry));
    }

    /** Of a target that an entry among the exemptions opens, or a setting. */
    static TargetDenial unless(String entry, String setting, String rule) {
        return new TargetDenial(
                rule,
                OPERATOR + "with %s, or by adding '%s' to gateway.webhook.allowed-targets".formatted(setting, entry));
    }

    /** The entry that has the target: its name, or the address where it has none. */
    static String entry(TargetUrl url, InetAddress address) {
        return url.address().isPresent() ? address.getHostAddress() : url.name();
    }

    /** The entry that has the target and names its port. */
    static String entryWithPort(TargetUrl url) {
        return url.hostForHeader() + ":" + url.port();
    }

    /** The whole, for people. */
    @Override
    public String toString() {
        return remedy.isEmpty() ? rule : rule + "; " + remedy;
    }
}
