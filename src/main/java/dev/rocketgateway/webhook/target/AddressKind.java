package dev.rocketgateway.webhook.target;

import dev.rocketgateway.webhook.address.IpRange;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Classifies addresses for the target policy. The first matching kind counts, so a metadata address in a private range is metadata.
 */
enum AddressKind {
    METADATA(
            "metadata",
            Use.NEVER,
            // AWS, Azure, Google, OpenStack and others; Alibaba Cloud; Azure's wire server; Oracle; AWS and Google over
            // IPv6.
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd20:ce::254"),
    THIS_HOST("this host", Use.NEVER, "0.0.0.0/8", "::"),
    LOOPBACK("loopback", Use.NEVER, "127.0.0.0/8", "::1"),
    LINK_LOCAL("link-local", Use.NEVER, "169.254.0.0/16", "fe80::/10"),
    MULTICAST("multicast", Use.NEVER, "224.0.0.0/4", "ff00::/8"),
    BROADCAST("broadcast", Use.NEVER, "255.255.255.255"),
    RESERVED("reserved", Use.NEVER, "240.0.0.0/4", "fec0::/10"),
    PRIVATE("private", Use.CLUSTER, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
    SPECIAL(
            "not on the internet",
            Use.CLUSTER,
            "192.0.0.0/24",
            "192.0.2.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "198.18.0.0/15",
            "192.88.99.0/24",
            "100::/64",
            "2001:2::/48",
            "2001:10::/28",
            "2001:20::/28",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16"),
    PUBLIC("public", Use.ANY);

    /** The modes in which an address of a kind may be a target. */
    enum Use {
        /** In no mode, unless the operator exempts the address. */
        NEVER,
        /** In mode {@code cluster} only. */
        CLUSTER,
        ANY
    }

    private final String words;
    private final Use use;
    private final List<IpRange> ranges;

    AddressKind(String words, Use use, String... ranges) {
        this.words = words;
        this.use = use;
        this.ranges = Arrays.stream(ranges).map(IpRange::of).toList();
    }

    /** The kind of an address and its range; public addresses have no range. */
    record Found(AddressKind kind, Optional<IpRange> range) {}

    static Found find(InetAddress address) {
        for (var kind : values()) {
            for (var range : kind.ranges) {
                if (range.has(address)) {
                    return new Found(kind, Optional.of(range));
                }
            }
        }
        return new Found(PUBLIC, Optional.empty());
    }

    /** The name of the kind in error texts. */
    String words() {
        return words;
    }

    Use use() {
        return use;
    }
}
