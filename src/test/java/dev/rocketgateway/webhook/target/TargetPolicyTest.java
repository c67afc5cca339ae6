package dev.rocketgateway.webhook.target;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.address.AllowedTarget;
import dev.rocketgateway.webhook.address.PortRange;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPolicyTest {

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("billing", "10.1.2.3"),
            Map.entry("billing.shop.svc.cluster.local", "10.1.2.3"),
            Map.entry("db", "10.9.9.9"),
            Map.entry("other-name-of-db", "10.9.9.9"),
            Map.entry("example.com", "93.184.216.34"),
            Map.entry("example.com.", "93.184.216.34"),
            Map.entry("hooks.example.com", "93.184.216.34"),
            Map.entry("inside.example.com", "10.1.2.3"),
            Map.entry("sly.example.com", "169.254.169.254"),
            Map.entry("mixed.example.com", "93.184.216.34 127.0.0.1"),
            Map.entry("mixed6.example.com", "93.184.216.34 fe80::1"),
            Map.entry("half.example.com", "93.184.216.34 10.1.2.3"),
            Map.entry("localhost", "127.0.0.1"),
            Map.entry("metadata.google.internal", "169.254.169.254"),
            Map.entry("kubernetes.default.svc", "10.96.0.1"),
            Map.entry("api.cluster", "10.96.0.1"),
            Map.entry("xn--bcher-kva.de", "93.184.216.34"));

    private static Optional<TargetDenial> fault(Map<String, String> settings, String url) {
        NameResolver names = name -> NAMES.containsKey(name)
                ? CompletableFuture.completedFuture(
                        TestWebhooks.addresses(NAMES.get(name).split(" ")))
                : TestWebhooks.unknown(name);
        var config = TestWebhooks.config(settings);
        var plane = new ControlPlaneAddresses(
                names, () -> Set.of("DB", "10.8.8.8", "not-there-yet"), Optional.of("10.96.0.1"), config);
        return new TargetPolicy(config, names, plane)
                .fault(URI.create(url))
                .toCompletableFuture()
                .join();
    }

    private static void assertVerdict(Map<String, String> settings, String url, String verdict) {
        var fault = fault(settings, url);
        assertThat(fault.map(TargetDenial::rule).orElse("allowed")).as(url).isEqualTo(verdict);
        if (verdict.contains(" is denied: ")) {
            assertOpens(fault.orElseThrow().remedy(), new HashMap<>(settings), url, 5);
        }
    }

    /** Doing what a denial says opens the target, if need be after the next denial. */
    private static void assertOpens(String remedy, Map<String, String> settings, String url, int denials) {
        var entry = Pattern.compile(
                        "^the gateway's operator can allow it .*by adding '([^']+)' to gateway.webhook.allowed-targets$")
                .matcher(remedy);
        assertThat(entry.matches() && denials > 0).as(url + " " + remedy).isTrue();
        settings.merge("allowed-targets", entry.group(1), (before, more) -> before + "," + more);
        fault(settings, url).ifPresent(next -> assertOpens(next.remedy(), settings, url, denials - 1));
    }

    private static Map<String, String> cluster() {
        return Map.of("allowed-targets", "unused.invalid");
    }

    /** As it is without any setting. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Names and addresses of a cluster and of the internet.
                "http://billing:8080/hooks | allowed",
                "http://billing.shop.svc.cluster.local/hooks | allowed",
                "http://10.1.2.3/ | allowed",
                "http://172.16.0.1/ | allowed",
                "http://172.31.255.255:8443/ | allowed",
                "http://192.168.1.1/ | allowed",
                "http://100.64.0.1/ | allowed",
                "http://[fd12:3456::1]:8080/ | allowed",
                "https://example.com/ | allowed",
                "https://example.com./ | allowed",
                "https://EXAMPLE.com:8443/a?b=c | allowed",
                "https://93.184.216.34/ | allowed",
                "https://[2606:2800:220:1::1]/ | allowed",
                "https://xn--bcher-kva.de/ | allowed",
                "https://no-such-host.invalid/ | allowed",
                // Plain HTTP beyond the cluster.
                "http://example.com/ | http:// to address 93.184.216.34 is denied: the address is not private; use https://",
                "http://172.32.0.1/ | http:// to address 172.32.0.1 is denied: the address is not private; use https://",
                "http://[2606:2800:220:1::1]/ | http:// to address 2606:2800:220:1:0:0:0:1 is denied: the address is not private; use https://",
                "http://192.0.2.1/ | http:// to address 192.0.2.1 is denied: the address is not private; use https://",
                // This host.
                "http://127.0.0.1/ | address 127.0.0.1 is denied: loopback",
                "https://127.255.255.254/ | address 127.255.255.254 is denied: loopback",
                "http://localhost:8080/ | address 127.0.0.1 is denied: loopback",
                "http://[::1]/ | address 0:0:0:0:0:0:0:1 is denied: loopback",
                "http://0.0.0.0/ | address 0.0.0.0 is denied: this host",
                "http://0.1.2.3/ | address 0.1.2.3 is denied: this host",
                "http://[::]/ | address 0:0:0:0:0:0:0:0 is denied: this host",
                // Metadata of clouds, and link-local.
                "http://169.254.169.254/latest/meta-data | address 169.254.169.254 is denied: metadata",
                "http://169.254.170.2/ | address 169.254.170.2 is denied: metadata",
                "http://100.100.100.200/ | address 100.100.100.200 is denied: metadata",
                "http://168.63.129.16/ | address 168.63.129.16 is denied: metadata",
                "http://192.0.0.192/ | address 192.0.0.192 is denied: metadata",
                "http://[fd00:ec2::254]/ | address fd00:ec2:0:0:0:0:0:254 is denied: metadata",
                "http://[fd20:ce::254]/ | address fd20:ce:0:0:0:0:0:254 is denied: metadata",
                "http://metadata.google.internal/ | address 169.254.169.254 is denied: metadata",
                "https://sly.example.com/ | address 169.254.169.254 is denied: metadata",
                "http://169.254.0.1/ | address 169.254.0.1 is denied: link-local",
                "http://[fe80::1]/ | address fe80:0:0:0:0:0:0:1 is denied: link-local",
                // Not for one receiver.
                "https://224.0.0.1/ | address 224.0.0.1 is denied: multicast",
                "https://[ff02::1]/ | address ff02:0:0:0:0:0:0:1 is denied: multicast",
                "https://255.255.255.255/ | address 255.255.255.255 is denied: broadcast",
                "https://240.0.0.1/ | address 240.0.0.1 is denied: reserved",
                "https://[fec0::1]/ | address fec0:0:0:0:0:0:0:1 is denied: reserved",
                // The same in disguise.
                "http://[::ffff:127.0.0.1]/ | address 127.0.0.1 is denied: loopback",
                "http://[::ffff:a9fe:a9fe]/ | address 169.254.169.254 is denied: metadata",
                "http://[0:0:0:0:0:ffff:7f00:1]/ | address 127.0.0.1 is denied: loopback",
                "http://[::127.0.0.1]/ | address 0:0:0:0:0:0:7f00:1 is denied: loopback",
                "http://[::a9fe:a9fe]/ | address 0:0:0:0:0:0:a9fe:a9fe is denied: metadata",
                "https://[64:ff9b::a9fe:a9fe]/ | address 64:ff9b:0:0:0:0:a9fe:a9fe is denied: metadata",
                "https://[64:ff9b::127.0.0.1]/ | address 64:ff9b:0:0:0:0:7f00:1 is denied: loopback",
                "https://[64:ff9b:1::a9fe:a9fe]/ | address 64:ff9b:1:0:0:0:a9fe:a9fe is denied: metadata",
                "https://[64:ff9b:1:a9fe:00a9:fe00::]/ | address 64:ff9b:1:a9fe:a9:fe00:0:0 is denied: metadata",
                "https://[64:ff9b::5db8:d822]/ | allowed",
                "https://[2002:7f00:1::]/ | address 2002:7f00:1:0:0:0:0:0 is denied: loopback",
                "https://[2002:a9fe:a9fe::1]/ | address 2002:a9fe:a9fe:0:0:0:0:1 is denied: metadata",
                "https://[2002:5db8:d822::1]/ | allowed",
                "https://[2001:0:7f00:1::]/ | address 2001:0:7f00:1:0:0:0:0 is denied: loopback",
                "https://[2001:0:5db8:d822:0:0:5601:5601]/ | address 2001:0:5db8:d822:0:0:5601:5601 is denied: metadata",
                // More than one address.
                "https://mixed.example.com/ | address 127.0.0.1 is denied: loopback",
                "https://mixed6.example.com/ | address fe80:0:0:0:0:0:0:1 is denied: link-local",
                "https://half.example.com/ | allowed",
                "http://half.example.com/ | http:// to address 93.184.216.34 is denied: the address is not private; use https://",
                // The control plane.
                "https://10.96.0.1/ | address 10.96.0.1 is denied: the Kubernetes API server",
                "https://api.cluster/ | address 10.96.0.1 is denied: the Kubernetes API server",
                "https://kubernetes/ | host kubernetes is denied: the Kubernetes API server",
                "https://kubernetes.default/ | host kubernetes.default is denied: the Kubernetes API server",
                "https://kubernetes.default.svc./ | host kubernetes.default.svc is denied: the Kubernetes API server",
                "https://Kubernetes.Default.svc.cluster.local/ | host kubernetes.default.svc.cluster.local is denied: the Kubernetes API server",
                "https://kubernetes.shop.svc/ | allowed",
                "http://db/ | host db is denied: the gateway's own control plane",
                "http://other-name-of-db/ | address 10.9.9.9 is denied: the gateway's own control plane",
                "http://10.8.8.8/ | address 10.8.8.8 is denied: the gateway's own control plane",
                "https://not-there-yet/ | host not-there-yet is denied: the gateway's own control plane",
                // Ports.
                "http://billing:22/ | port 22 is denied: in gateway.webhook.denied-ports",
                "http://billing:25/ | port 25 is denied: in gateway.webhook.denied-ports",
                "http://billing:2379/ | port 2379 is denied: in gateway.webhook.denied-ports",
                "http://billing:2380/ | port 2380 is denied: in gateway.webhook.denied-ports",
                "http://billing:5432/ | port 5432 is denied: in gateway.webhook.denied-ports",
                "http://billing:6379/ | port 6379 is denied: in gateway.webhook.denied-ports",
                "http://billing:6443/ | port 6443 is denied: in gateway.webhook.denied-ports",
                "http://billing:9876/ | port 9876 is denied: in gateway.webhook.denied-ports",
                "http://billing:10250/ | port 10250 is denied: in gateway.webhook.denied-ports",
                "http://billing:10255/ | port 10255 is denied: in gateway.webhook.denied-ports",
                "http://billing:10911/ | port 10911 is denied: in gateway.webhook.denied-ports",
                "http://no-such-host.invalid:10912/ | port 10912 is denied: in gateway.webhook.denied-ports",
                "http://billing:10913/ | allowed",
                "http://billing:65535/ | allowed",
                // What is no URL of a webhook.
                "ftp://billing/ | must begin with http:// or https://",
                "file:///etc/passwd | must begin with http:// or https://",
                "billing/hooks | must begin with http:// or https://",
                "http:billing | has no host",
                "http:///hooks | has no host",
                "http://:8080/ | has no host",
                "http://user@billing/ | must not contain user information",
                "http://user:password@billing/ | must not contain user information",
                "http://@billing/ | must not contain user information",
                "http://billing/#top | must not contain a fragment",
                "http://billing:0/ | has a port that is not from 1 to 65535",
                "http://billing:65536/ | has a port that is not from 1 to 65535",
                "http://billing:99999999999/ | has a port that is not from 1 to 65535",
                "http://billing:/ | allowed",
                "http://2130706433/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://017700000001/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://0x7f000001/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://0x7f.0.0.1/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://0177.0.0.1/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://127.1/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://127.0.1/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://127.0.0.1./ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://256.0.0.1/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://1.2.3.4.5/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://169.254.169.0xfe/ | has a host that is a number: write IPv4 addresses as four decimal numbers",
                "http://bill%69ng/ | has a percent-encoded host",
                "http://127.0.0.1%2f@example.com/ | must not contain user information",
                "http://[fe80::1%25eth0]/ | must not contain an IPv6 zone",
                "http://b\u00fccher.de/ | has a host with characters outside ASCII: write international names in their xn-- form",
                "http://127\u30020\u30020\u30021/ | has a host with characters outside ASCII: write international names in their xn-- form",
                "http://my_service/ | has a host that is not a host name",
                "http://-a.example.com/ | has a host that is not a host name",
                "http://a..example.com/ | has a host that is not a host name",
                "http://.example.com/ | has a host that is not a host name",
            })
    void judgesTargetsOfACluster(String url, String verdict) {
        assertVerdict(cluster(), url, verdict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://example.com/ | allowed",
                "https://[2606:2800:220:1::1]/ | allowed",
                "https://billing/ | address 10.1.2.3 is denied: private",
                "https://172.16.0.1/ | address 172.16.0.1 is denied: private",
                "https://192.168.1.1/ | address 192.168.1.1 is denied: private",
                "https://100.64.0.1/ | address 100.64.0.1 is denied: private",
                "https://[fd12:3456::1]/ | address fd12:3456:0:0:0:0:0:1 is denied: private",
                "https://half.example.com/ | address 10.1.2.3 is denied: private",
                "https://[64:ff9b::10.1.2.3]/ | address 64:ff9b:0:0:0:0:a01:203 is denied: private",
                "https://[2002:a01:203::]/ | address 2002:a01:203:0:0:0:0:0 is denied: private",
                "https://192.0.2.1/ | address 192.0.2.1 is denied: not on the internet",
                "https://198.18.0.1/ | address 198.18.0.1 is denied: not on the internet",
                "https://198.51.100.1/ | address 198.51.100.1 is denied: not on the internet",
                "https://203.0.113.1/ | address 203.0.113.1 is denied: not on the internet",
                "https://192.0.0.1/ | address 192.0.0.1 is denied: not on the internet",
                "https://[2001:db8::1]/ | address 2001:db8:0:0:0:0:0:1 is denied: not on the internet",
                "https://[100::1]/ | address 100:0:0:0:0:0:0:1 is denied: not on the internet",
                "https://127.0.0.1/ | address 127.0.0.1 is denied: loopback",
                "https://inside.example.com/ | allowed",
                "http://example.com/ | http:// to address 93.184.216.34 is denied: the address is not private; use https://"
            })
    void judgesTargetsOfTheInternet(String url, String verdict) {
        assertVerdict(Map.of("target-policy", "public-only", "allowed-targets", "inside.example.com"), url, verdict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://hooks.example.com/ | allowed",
                "http://hooks.example.com/ | allowed",
                "https://inside.example.com/ | allowed",
                "https://example.com/ | address 93.184.216.34 is denied: not in gateway.webhook.allowed-targets",
                "https://evil-example.com.invalid/ | host evil-example.com.invalid is denied: not in gateway.webhook.allowed-targets",
                "https://sly.example.com/ | address 169.254.169.254 is denied: metadata",
                "http://10.1.2.3:8080/ | allowed",
                "http://billing:8080/ | allowed",
                "http://billing:8081/ | address 10.1.2.3 is denied: not in gateway.webhook.allowed-targets",
                "https://10.96.0.1:8080/ | address 10.96.0.1 is denied: the Kubernetes API server",
                "http://10.8.8.8:8080/ | address 10.8.8.8 is denied: the gateway's own control plane",
                "http://[fd00::7]:9000/ | allowed",
                "http://[fd00::8]:9000/ | address fd00:0:0:0:0:0:0:8 is denied: not in gateway.webhook.allowed-targets",
                "http://hooks.example.com:5432/ | port 5432 is denied: in gateway.webhook.denied-ports",
                "http://billing:5432/ | allowed"
            })
    void judgesTargetsByTheList(String url, String verdict) {
        assertVerdict(
                Map.of(
                        "target-policy",
                        "allowlist",
                        "allowed-targets",
                        "*.example.com, 10.0.0.0/8:8080, [fd00::7]:9000, billing:5432"),
                url,
                verdict);
    }

    @Test
    void deniesWhatIsNotOnAListOfNamesEvenIfItCannotBeLookedUp() {
        assertVerdict(
                Map.of("target-policy", "allowlist", "allowed-targets", "*.example.com"),
                "https://no-such-host.invalid/",
                "host no-such-host.invalid is denied: not in gateway.webhook.allowed-targets");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.0/8 | http://127.0.0.1:8080/ | allowed",
                "127.0.0.0/8 | http://localhost:8080/ | allowed",
                "127.0.0.0/8 | http://[::1]/ | address 0:0:0:0:0:0:0:1 is denied: loopback",
                "::1 | http://[::1]:8080/ | allowed",
                "::1 | http://[::2]:8080/ | address 0:0:0:0:0:0:0:2 is denied: this host",
                "localhost | http://localhost/ | address 127.0.0.1 is denied: loopback",
                "127.0.0.1:8080 | http://127.0.0.1:8081/ | address 127.0.0.1 is denied: loopback",
                "0.0.0.0/0 | http://127.0.0.1/ | address 127.0.0.1 is denied: loopback",
                "100.64.0.0/10 | http://100.100.100.200/ | address 100.100.100.200 is denied: metadata",
                "169.254.169.254 | http://169.254.169.254/ | allowed",
                "169.254.0.0/16 | http://169.254.169.254/ | address 169.254.169.254 is denied: metadata",
                "10.0.0.0/8 | https://10.96.0.1/ | address 10.96.0.1 is denied: the Kubernetes API server",
                "10.96.0.1 | https://10.96.0.1/ | allowed",
                "*.default.svc | https://kubernetes.default.svc/ | host kubernetes.default.svc is denied: the Kubernetes API server",
                "kubernetes.default.svc | https://kubernetes.default.svc/ | address 10.96.0.1 is denied: the Kubernetes API server",
                "kubernetes.default.svc,10.96.0.1 | https://kubernetes.default.svc/ | allowed",
                "billing | http://billing:5432/ | port 5432 is denied: in gateway.webhook.denied-ports",
                "billing:5432 | http://billing:5432/ | allowed",
                "10.1.0.0/16:5432 | http://billing:5432/ | allowed",
                "example.com | http://example.com/ | allowed",
                "93.184.216.0/24 | http://example.com/ | allowed"
            })
    void opensWithAnExemptionNoMoreThanItSays(String allowed, String url, String verdict) {
        assertVerdict(Map.of("allowed-targets", allowed), url, verdict);
    }

    @Test
    void canAllowPlainHttp() {
        assertVerdict(Map.of("allow-plain-http", "true"), "http://example.com/", "allowed");
    }

    @Test
    void canDenyOtherPorts() {
        var settings = Map.of("denied-ports", "8080");

        assertVerdict(settings, "http://billing:22/", "allowed");
        assertVerdict(settings, "http://billing:8080/", "port 8080 is denied: in gateway.webhook.denied-ports");
    }

    @Test
    void deniesTheAddressesOfThisHost() throws Exception {
        var own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> AddressKind.find(address).kind().use() != AddressKind.Use.NEVER)
                .toList();

        assertThat(own).allSatisfy(address -> {
            var text = address.getHostAddress().replaceAll("%.*", "");
            var host = text.indexOf(':') < 0 ? text : "[" + text + "]";
            assertVerdict(
                    cluster(), "https://" + host + "/", "address " + text + " is denied: an address of this host");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "*", "*.", "a b", "10.0.0.0/33", "10.0.0/8", "http://x", "x:0", "x:70000", "1.2.3", "[::1"})
    void refusesMalformedExemptions(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> AllowedTarget.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "2-1", "a", "1-"})
    void refusesInvalidPorts(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PortRange.of(text));
    }

    /** The address that was checked is the one that is connected to, whatever the name says a moment later. */
    @Test
    void connectsToTheAddressThatWasChecked() {
        var asked = new AtomicInteger();
        NameResolver names = name -> CompletableFuture.completedFuture(
                TestWebhooks.addresses(asked.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2"));
        try (var endpoint = HostileEndpoint.behaving(answering(200));
                var rebinding = TestWebhooks.with(Map.of("allowed-targets", "127.0.0.1"), names);
                var sender =
                        rebinding.client.open(WebhookEndpoint.of(endpoint.url("rebinding"), Duration.ofSeconds(10)))) {
            for (int i = 0; i < 3; i++) {
                assertThat(sender.send(TestWebhooks.message("x"))
                                .toCompletableFuture()
                                .join())
                        .isInstanceOf(Answered.class);
            }
            assertThat(endpoint.requests()).hasSize(3);
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void checksEachLookUpAndSendsNothingWhereItMayNot() {
        var answers = new ArrayList<>(List.of("127.0.0.1", "127.0.0.2"));
        NameResolver names = name -> CompletableFuture.completedFuture(
                TestWebhooks.addresses(answers.size() > 1 ? answers.remove(0) : answers.get(0)));
        try (var endpoint = HostileEndpoint.behaving(answering(200));
                var rebinding = TestWebhooks.with(Map.of("allowed-targets", "127.0.0.1", "dns-refresh", "0s"), names);
                var sender =
                        rebinding.client.open(WebhookEndpoint.of(endpoint.url("rebinding"), Duration.ofSeconds(10)))) {
            assertThat(sender.send(TestWebhooks.message("x"))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Answered.class);
            assertThat(sender.send(TestWebhooks.message("x"))
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(new Withheld(
                            Cause.TARGET_DENIED,
                            "address 127.0.0.2 is denied: loopback; the gateway's operator can allow it"
                                    + " by adding '127.0.0.2' to gateway.webhook.allowed-targets"));
            assertThat(endpoint.requests()).hasSize(1);
        }
    }

    @Test
    void withholdsWhatHasNoUrlToGoTo() {
        try (var webhooks = TestWebhooks.usual()) {
            assertThat(webhooks.send(WebhookEndpoint.of(URI.create("http://0x7f.1/"), Duration.ofSeconds(1))))
                    .isInstanceOfSatisfying(
                            Withheld.class, held -> assertThat(held.cause()).isEqualTo(Cause.TARGET_DENIED));
        }
    }

    @Test
    void keepsProtectingAddressesWhoseNameCannotBeLookedUpAnyMore() {
        var there = new ArrayList<>(List.of(true));
        NameResolver names = name -> name.equals("db") && !there.isEmpty() && there.remove(0)
                ? CompletableFuture.completedFuture(TestWebhooks.addresses("10.9.9.9"))
                : TestWebhooks.unknown(name);
        var config = TestWebhooks.config(Map.of("dns-refresh", "0s"));
        var plane = new ControlPlaneAddresses(names, () -> Set.of("db"), Optional.empty(), config);

        for (int i = 0; i < 3; i++) {
            assertThat(plane.current().join().addresses())
                    .containsKeys(TestWebhooks.addresses("10.9.9.9").toArray(InetAddress[]::new));
        }
    }
}
