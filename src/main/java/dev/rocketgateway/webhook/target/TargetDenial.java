package dev.rocketgateway.webhook.target;

import dev.rocketgateway.webhook.address.TargetUrl;
import java.net.InetAddress;

/**
 * Why no webhook goes to a target, and who can change that.
 *
 * @param rule the rule that denies the target: {@code address 127.0.0.1 is denied: loopback}
 * @param remedy which setting would allow the target, for the operator of the gateway; empty if no setting does
 */
public record TargetDenial(String rule, String remedy) {

    private static final String OPERATOR = "the gateway's operator can allow it ";

    /** Creates a denial whose remedy is to add the entry to the exemptions. */
    static TargetDenial unless(String entry, String rule) {
        return new TargetDenial(rule, OPERATOR + "by adding '%s' to gateway.webhook.allowed-targets".formatted(entry));
    }

    /** Creates a denial whose remedy is to add the entry to the exemptions, or to change the setting. */
    static TargetDenial unless(String entry, String setting, String rule) {
        return new TargetDenial(
                rule,
                OPERATOR + "with %s, or by adding '%s' to gateway.webhook.allowed-targets".formatted(setting, entry));
    }

    /** The exemption entry for the target: its name, or its address if it has no name. */
    static String entry(TargetUrl url, InetAddress address) {
        return url.address().isPresent() ? address.getHostAddress() : url.name();
    }

    /** The exemption entry for the target and its port. */
    static String entryWithPort(TargetUrl url) {
        return url.hostForHeader() + ":" + url.port();
    }

    /** Rule and remedy as one string, for error texts. */
    @Override
    public String toString() {
        return remedy.isEmpty() ? rule : rule + "; " + remedy;
    }
}
