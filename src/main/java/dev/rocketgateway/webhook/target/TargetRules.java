package dev.rocketgateway.webhook.target;

import dev.rocketgateway.webhook.address.AllowedTarget;
import dev.rocketgateway.webhook.address.IpLiteral;
import dev.rocketgateway.webhook.address.IpRange;
import dev.rocketgateway.webhook.address.PortRange;
import dev.rocketgateway.webhook.address.TargetMode;
import dev.rocketgateway.webhook.address.TargetUrl;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides where webhooks may go, without access to the network.
 *
 * <pre>
 *   URL ──▶ name ──▶ every address ──▶ mode ──▶ port ──▶ scheme ──▶ allowed
 *            │            │             │         │         │
 *            └────────────┴─────────────┴─────────┴─────────┴──▶ the first violated rule
 * </pre>
 * Exemptions of the operator:
 *
 * <pre>
 * rule                           | is opened by an entry that
 * -------------------------------|--------------------------------------------------------------------------
 * address that is never a target | has the address, and is no wider than the rule (127.0.0.0/8 for loopback)
 * control plane, by address      | is that one address
 * control plane, by name         | is that one name
 * mode                           | names the host, or has the address
 * port                           | names the host or has the address, and names the port
 * plain http                     | names the host, or has the address
 * </pre>
 * No entry with a name opens the first two rules, because the owner of the name could let it resolve to any address. A wide range
 * opens nothing by accident.
 */
record TargetRules(TargetMode mode, List<AllowedTarget> allowed, List<PortRange> deniedPorts, boolean plainHttp) {

    /** The gateway's own control plane: names (in lower case) and addresses, each with a description. */
    record ControlPlane(Map<String, String> names, Map<InetAddress, String> addresses) {}

    private static final String LIST = "not in gateway.webhook.allowed-targets";

    TargetRules {
        allowed = List.copyOf(allowed);
        deniedPorts = List.copyOf(deniedPorts);
    }

    /** The fault of a target whose name cannot be resolved now. Checks the name and the port only. */
    Optional<TargetDenial> fault(TargetUrl url, ControlPlane plane) {
        boolean perhapsByAddress = allowed.stream().anyMatch(target -> target.isByAddress(url.port()));
        return nameFault(url, plane)
                .or(() -> mode == TargetMode.ALLOWLIST && !isNamed(url) && !perhapsByAddress
                        ? denied("host", url.name(), LIST, url.name())
                        : Optional.empty())
                .or(() -> isDeniedPort(url)
                                && allowed.stream()
                                        .noneMatch(target -> target.namesPort(url.port())
                                                && (target.names(url) || target.isByAddress(url.port())))
                        ? denied(url)
                        : Optional.empty());
    }

    /** The fault of a target with the addresses of its name. If any of them is denied, the target is denied. */
    Optional<TargetDenial> fault(TargetUrl url, List<InetAddress> addresses, ControlPlane plane) {
        return nameFault(url, plane).or(() -> addresses.stream()
                .map(address -> addressFault(url, address, plane))
                .flatMap(Optional::stream)
                .findFirst());
    }

    private Optional<TargetDenial> nameFault(TargetUrl url, ControlPlane plane) {
        var words = isKubernetes(url.name())
                ? Optional.of("the Kubernetes API server")
                : Optional.ofNullable(plane.names().get(url.name()));
        return words.isEmpty() || allowed.stream().anyMatch(target -> target.namesAlone(url))
                ? Optional.empty()
                : denied("host", url.name(), words.get(), url.name());
    }

    private Optional<TargetDenial> addressFault(TargetUrl url, InetAddress address, ControlPlane plane) {
        var text = address.getHostAddress();
        for (var form : IpLiteral.withHidden(address)) {
            var found = AddressKind.find(form);
            if (found.kind().use() == AddressKind.Use.NEVER
                    && !opens(found.range().orElseThrow(), form, url.port())) {
                return denied("address", text, found.kind().words(), form.getHostAddress());
            }
            var words = plane.addresses().get(form);
            if (words != null && !opens(IpRange.of(form), form, url.port())) {
                return denied("address", text, words, form.getHostAddress());
            }
            if (mode == TargetMode.PUBLIC_ONLY
                    && found.kind().use() == AddressKind.Use.CLUSTER
                    && !isNamed(url)
                    && !isListed(form, url.port())) {
                return denied("address", text, found.kind().words(), TargetDenial.entry(url, form));
            }
        }
        boolean exempt = isNamed(url) || isListed(address, url.port());
        if (mode == TargetMode.ALLOWLIST && !exempt) {
            return denied("address", text, LIST, TargetDenial.entry(url, address));
        }
        if (isDeniedPort(url) && !opensPort(url, address)) {
            return denied(url);
        }
        if (!url.tls() && !plainHttp && !exempt && AddressKind.find(address).kind() != AddressKind.PRIVATE) {
            return Optional.of(TargetDenial.unless(
                    TargetDenial.entry(url, address),
                    "gateway.webhook.allow-plain-http=true",
                    "http:// to address %s is denied: the address is not private; use https://".formatted(text)));
        }
        return Optional.empty();
    }

    private boolean isNamed(TargetUrl url) {
        return allowed.stream().anyMatch(target -> target.names(url));
    }

    private boolean isListed(InetAddress address, int port) {
        return allowed.stream().anyMatch(target -> target.has(address, port));
    }

    private boolean opens(IpRange rule, InetAddress address, int port) {
        return allowed.stream().anyMatch(target -> target.opens(rule, address, port));
    }

    private boolean isDeniedPort(TargetUrl url) {
        return deniedPorts.stream().anyMatch(range -> range.has(url.port()));
    }

    private boolean opensPort(TargetUrl url, InetAddress address) {
        return allowed.stream()
                .anyMatch(target ->
                        target.namesPort(url.port()) && (target.names(url) || target.has(address, url.port())));
    }

    /**
     * Whether the name is {@code kubernetes}, {@code kubernetes.default}, or {@code kubernetes.default.svc} with or without the
     * cluster's domain.
     */
    private static boolean isKubernetes(String name) {
        return name.equals("kubernetes")
                || name.equals("kubernetes.default")
                || name.equals("kubernetes.default.svc")
                || name.startsWith("kubernetes.default.svc.");
    }

    private static Optional<TargetDenial> denied(String what, String which, String rule, String entry) {
        return Optional.of(TargetDenial.unless(entry, "%s %s is denied: %s".formatted(what, which, rule)));
    }

    /** A denial because of the port. */
    private static Optional<TargetDenial> denied(TargetUrl url) {
        return denied(
                "port", String.valueOf(url.port()), "in gateway.webhook.denied-ports", TargetDenial.entryWithPort(url));
    }
}
