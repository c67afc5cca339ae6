package dev.rocketgateway.k8s;

import static dev.rocketgateway.k8s.Manifests.APPLICATION;
import static dev.rocketgateway.k8s.Manifests.BASE;
import static dev.rocketgateway.k8s.Manifests.DOCKERFILE;
import static dev.rocketgateway.k8s.Manifests.KUSTOMIZATION;
import static dev.rocketgateway.k8s.Manifests.MANIFESTS;
import static dev.rocketgateway.k8s.Manifests.SETTINGS;
import static dev.rocketgateway.k8s.Manifests.container;
import static dev.rocketgateway.k8s.Manifests.dockerfile;
import static dev.rocketgateway.k8s.Manifests.files;
import static dev.rocketgateway.k8s.Manifests.health;
import static dev.rocketgateway.k8s.Manifests.isRead;
import static dev.rocketgateway.k8s.Manifests.isSetting;
import static dev.rocketgateway.k8s.Manifests.mountPath;
import static dev.rocketgateway.k8s.Manifests.only;
import static dev.rocketgateway.k8s.Manifests.pod;
import static dev.rocketgateway.k8s.Manifests.port;
import static dev.rocketgateway.k8s.Manifests.portNumber;
import static dev.rocketgateway.k8s.Manifests.projectVersion;
import static dev.rocketgateway.k8s.Manifests.properties;
import static dev.rocketgateway.k8s.Manifests.quarkus;
import static dev.rocketgateway.k8s.Manifests.read;
import static dev.rocketgateway.k8s.Manifests.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.subscription.file.SubscriptionFiles;
import dev.rocketgateway.testing.ConfigKeys;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds k8s/ and the Dockerfile to the Kubernetes API, to the application, and to each other. */
class ManifestsTest {

    /** Keys of a kustomization that are in use, and those of the objects in their lists. */
    private static final Map<String, Set<String>> KEYS = Map.of(
            "apiVersion", Set.of(),
            "kind", Set.of(),
            "namespace", Set.of(),
            "resources", Set.of(),
            "components", Set.of(),
            "patches", Set.of("path"),
            "configMapGenerator", Set.of("name", "behavior", "files", "options"),
            "images", Set.of("name", "newName", "newTag"));

    /** Those of the options of a generator. */
    private static final Set<String> OPTIONS = Set.of("disableNameSuffixHash", "labels");

    static List<Path> manifests() {
        return Manifests.manifests(MANIFESTS);
    }

    static List<Path> kustomizations() {
        return files(MANIFESTS, KUSTOMIZATION);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyManifestHasOnlyKnownFields(Path manifest) {
        assertThat(StrictYaml.objects(manifest)).isNotEmpty().allSatisfy(object -> assertThat(
                        object.getMetadata().getName())
                .as("name in %s", manifest)
                .isNotBlank());
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                arguments("an unknown field", "spek: {}", "spek"),
                arguments("an unknown field of a list's object", "spec: {ports: [{port: 80, prot: TCP}]}", "prot"),
                arguments("the model's own bag for unknown fields", "additionalProperties: {}", "additionalProperties"),
                arguments("a number in quotes", "spec: {ports: [{port: \"80\"}]}", "port"),
                arguments("text without quotes", "metadata: {annotations: {level: 3}}", "level"),
                arguments("a field twice", "spec: {type: ClusterIP, type: NodePort}", "type"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void whatIsWrongInAManifestIsFound(String what, String wrong, String named, @TempDir Path directory)
            throws IOException {
        var manifest = Files.writeString(directory.resolve("a.yaml"), "apiVersion: v1\nkind: Service\n" + wrong + "\n");

        assertThatThrownBy(() -> StrictYaml.objects(manifest)).as(what).hasMessageContaining(named);
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void everyKustomizationHasOnlyKnownFields(Path kustomization) {
        StrictYaml.tree(kustomization).properties().forEach(entry -> {
            assertThat(entry.getKey()).as("field of %s", kustomization).isIn(KEYS.keySet());
            entry.getValue().forEach(element -> {
                element.fieldNames().forEachRemaining(name -> assertThat(name)
                        .as("field of %s in %s", entry.getKey(), kustomization)
                        .isIn(KEYS.get(entry.getKey())));
                element.path("options").fieldNames().forEachRemaining(name -> assertThat(name)
                        .as("option in %s", kustomization)
                        .isIn(OPTIONS));
            });
        });
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void everyKustomizationIsOfTheKindOfItsPlace(Path kustomization) {
        var tree = StrictYaml.tree(kustomization);
        var component = kustomization.startsWith(MANIFESTS.resolve("components"));

        assertThat(tree.path("kind").asText()).isEqualTo(component ? "Component" : "Kustomization");
        assertThat(tree.path("apiVersion").asText())
                .isEqualTo("kustomize.config.k8s.io/" + (component ? "v1alpha1" : "v1beta1"));
    }

    /** Programs that write a file stay beside it. */
    @ParameterizedTest
    @MethodSource("kustomizations")
    void everyKustomizationNamesEveryFileBesideItThatIsNotAnExample(Path kustomization) {
        var directory = kustomization.getParent();
        var named = new TreeSet<Path>();
        var tree = StrictYaml.tree(kustomization);
        tree.path("resources").forEach(resource -> named.add(directory.resolve(resource.asText())));
        tree.path("patches")
                .forEach(patch -> named.add(directory.resolve(patch.path("path").asText())));
        tree.path("configMapGenerator")
                .forEach(generator ->
                        generator.path("files").forEach(file -> named.add(directory.resolve(file.asText()))));

        assertThat(named).allSatisfy(file -> assertThat(file).exists());
        assertThat(named)
                .filteredOn(Files::isRegularFile)
                .containsExactlyInAnyOrderElementsOf(files(directory, "").stream()
                        .filter(file -> !file.equals(kustomization))
                        .filter(file -> !file.toString().endsWith(".example.yaml"))
                        .filter(file -> !file.toString().endsWith(".py"))
                        .toList());
    }

    static List<Path> subscriptionDirectories() {
        return Manifests.subscriptionDirectories();
    }

    @ParameterizedTest
    @MethodSource("subscriptionDirectories")
    void everySubscriptionIsOneTheGatewayRuns(Path directory) {
        var subscriptions = new SubscriptionFiles(Optional.of(directory));
        subscriptions.start(subscription -> false);

        assertThat(subscriptions.faults()).isEmpty();
        assertThat(subscriptions.subscriptions())
                .hasSameSizeAs(files(directory, "").stream().toList());
    }

    @Test
    void theKustomizationRunsThisVersionOfTheImageOfTheDeployment() {
        var image = StrictYaml.tree(BASE.resolve(KUSTOMIZATION)).at("/images/0");

        assertThat(container().getImage()).isEqualTo(image.path("name").asText());
        assertThat(image.path("newTag").asText()).isEqualTo(projectVersion());
    }

    @Test
    void theChartHasThisVersion() {
        var chart = StrictYaml.tree(Path.of("chart/Chart.yaml"));

        assertThat(chart.path("version").asText()).isEqualTo(projectVersion());
        assertThat(chart.path("appVersion").asText()).isEqualTo(projectVersion());
    }

    @Test
    void theContainerPortsAreThePortsOfTheApplication() {
        assertThat(container().getPorts())
                .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
                .containsExactly(tuple("http", port("http")), tuple("management", port("management")));
        assertThat(dockerfile("EXPOSE")).containsExactly("%d %d".formatted(port("http"), port("management")));
    }

    @Test
    void theAnnotationsLeadToTheMetrics() {
        assertThat(pod().getMetadata().getAnnotations())
                .containsEntry("prometheus.io/scrape", "true")
                .containsEntry("prometheus.io/port", port("management").toString())
                .containsEntry(
                        "prometheus.io/path", properties(APPLICATION).get("quarkus.micrometer.export.prometheus.path"));
    }

    @Test
    void theServiceLeadsToThePortOfTheApiOnly() {
        var service = only(Service.class).getSpec();

        assertThat(service.getPorts()).hasSize(1);
        assertThat(portNumber(service.getPorts().get(0).getTargetPort())).isEqualTo(port("http"));
        assertThat(pod().getMetadata().getLabels()).containsAllEntriesOf(service.getSelector());
        assertThat(pod().getMetadata().getLabels())
                .containsAllEntriesOf(
                        only(Deployment.class).getSpec().getSelector().getMatchLabels());
    }

    @Test
    void theProbesAskForPathsThatTheApplicationServes() {
        var health =
                "/%s/%s/".formatted(quarkus("quarkus.http.non-application-root-path"), health("root-path", "health"));

        assertProbe(container().getStartupProbe(), health + health("startup-path", "started"));
        assertProbe(container().getLivenessProbe(), health + health("liveness-path", "live"));
        assertProbe(container().getReadinessProbe(), health + health("readiness-path", "ready"));
    }

    @Test
    void theGracePeriodIsLongerThanTheShutdown() {
        var key = ConfigKeys.all().get("gateway.shutdown-timeout");
        assertThat(key).as("gateway.shutdown-timeout").isNotNull();
        var timeout = properties(SETTINGS).getOrDefault(key.name(), String.valueOf(key.defaultValue()));

        assertThat(Duration.ofSeconds(pod().getSpec().getTerminationGracePeriodSeconds()))
                .as("terminationGracePeriodSeconds")
                .isGreaterThanOrEqualTo(DurationConverter.parseDuration(timeout).plusSeconds(5));
    }

    @Test
    void everyVariableOfTheImageIsOneTheApplicationReads() {
        var names = dockerfile("ENV").stream()
                .map(setting -> setting.split("=", 2)[0])
                .toList();

        assertThat(names).isNotEmpty();
        assertThat(names)
                .filteredOn(name -> !isRead(name))
                .as("variables nobody reads")
                .isEmpty();
    }

    @Test
    void everySettingIsOneTheApplicationReads() {
        assertThat(properties(SETTINGS)).containsKey("gateway.rocketmq.namesrv-addr");
        assertThat(properties(SETTINGS).keySet()).allSatisfy(name -> assertThat(isSetting(name + "s"))
                .as("a setting with another name: %ss", name)
                .isFalse());
        for (var file : files(MANIFESTS, ".properties")) {
            assertThat(properties(file).keySet())
                    .filteredOn(name -> !isSetting(name))
                    .as("settings in %s that the application does not read", file)
                    .isEmpty();
        }
    }

    @Test
    void theSettingsAreMountedWhereTheApplicationLooksForThem() {
        assertThat(configMap("settings")).isEqualTo(generator(0).path("name").asText());
        assertThat(mountPath("settings")).isEqualTo(dockerfile("WORKDIR").get(0) + "/config");
    }

    /** With a hash in its name, each change would be another ConfigMap, and restart the pods. */
    @Test
    void theSubscriptionsAreMountedWhereTheGatewayLooksForThemUnderANameThatStays() {
        assertThat(configMap("subscriptions"))
                .isEqualTo(generator(1).path("name").asText());
        assertThat(mountPath("subscriptions")).isEqualTo(properties(SETTINGS).get("gateway.subscriptions-directory"));
        assertThat(kustomizations()).allSatisfy(kustomization -> StrictYaml.tree(kustomization)
                .path("configMapGenerator")
                .forEach(generator -> {
                    if (generator.path("name").asText().equals(configMap("subscriptions"))) {
                        assertThat(generator
                                        .at("/options/disableNameSuffixHash")
                                        .asBoolean())
                                .as("%s", kustomization)
                                .isTrue();
                    }
                }));
    }

    @Test
    void whatDrainsNodesIsHeldUpByOnePodAndNotByABrokerThatIsDown() {
        var budget = only(PodDisruptionBudget.class).getSpec();

        assertThat(budget.getSelector())
                .isEqualTo(only(Deployment.class).getSpec().getSelector());
        assertThat(budget.getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(budget.getUnhealthyPodEvictionPolicy()).isEqualTo("AlwaysAllow");
    }

    @Test
    void theNetworkPolicyLetsAllCallInAndOnlyPrometheusSeeTheMetrics() {
        var ingress = only(NetworkPolicy.class).getSpec().getIngress();

        assertThat(ingress).hasSize(2);
        assertThat(ingress.get(0).getFrom()).isEmpty();
        assertThat(ingress.get(0).getPorts())
                .extracting(p -> p.getPort().getIntVal())
                .containsExactly(port("http"));
        assertThat(ingress.get(1).getFrom()).hasSize(1);
        assertThat(ingress.get(1).getPorts())
                .extracting(p -> p.getPort().getIntVal())
                .containsExactly(port("management"));
    }

    /** The target policy denies the same to webhooks. Metadata services have port 80. */
    @Test
    void noNetworkPolicyAllowsTheControlPlaneOrMetadata() {
        var rules = Manifests.objects(MANIFESTS, NetworkPolicy.class).stream()
                .flatMap(policy -> policy.getSpec().getEgress().stream())
                .toList();

        assertThat(rules).allSatisfy(rule -> {
            var anywhere = rule.getTo().isEmpty();
            var web = rule.getPorts().isEmpty()
                    || rule.getPorts().stream().anyMatch(port -> List.of(80, 443, 8080, 6443)
                            .contains(port.getPort().getIntVal()));
            assertThat(anywhere && web)
                    .as("every address at %s", rule.getPorts())
                    .isFalse();
            rule.getTo().stream()
                    .map(NetworkPolicyPeer::getIpBlock)
                    .filter(block -> block != null && block.getCidr().equals("0.0.0.0/0"))
                    .forEach(block -> assertThat(block.getExcept())
                            .contains("168.63.129.16/32", "169.254.0.0/16", "192.0.0.0/24")
                            .containsAnyOf("100.100.100.200/32", "100.64.0.0/10"));
        });
        assertThat(only(NetworkPolicy.class).getSpec().getEgress())
                .flatExtracting(NetworkPolicyEgressRule::getTo)
                .filteredOn(peer ->
                        peer.getIpBlock() != null && peer.getIpBlock().getCidr().equals("0.0.0.0/0"))
                .singleElement()
                .satisfies(peer -> assertThat(peer.getIpBlock().getExcept())
                        .contains("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"));
    }

    @Test
    void theCredentialsAreThoseOfTheExample() {
        var volume = pod().getSpec().getVolumes().stream()
                .filter(one -> one.getSecret() != null
                        && one.getSecret()
                                .getSecretName()
                                .equals(secret("rocketmq-credentials")
                                        .getMetadata()
                                        .getName()))
                .findFirst()
                .orElseThrow();

        assertThat(volume.getSecret().getOptional()).isTrue();
        for (var part : List.of("access-key", "secret-key")) {
            assertThat(secret("rocketmq-credentials").getStringData()).containsKey(part);
            assertThat(read(SETTINGS).lines())
                    .as("a line to use with the Secret")
                    .contains("#gateway.rocketmq.%s-file=%s/%s".formatted(part, mountPath(volume.getName()), part));
            assertThat(isSetting("gateway.rocketmq.%s-file".formatted(part))).isTrue();
        }
    }

    /** A pod without the Secret does not start, and one without a way in for callers neither: nothing runs open. */
    @Test
    void nothingRunsOpen() {
        var volume = pod().getSpec().getVolumes().stream()
                .filter(one -> one.getName().equals("gateway-api-keys"))
                .findFirst()
                .orElseThrow();
        assertThat(volume.getSecret().getOptional()).isNull();
        assertThat(volume.getSecret().getSecretName())
                .isEqualTo(secret("gateway-api-keys").getMetadata().getName());

        var caller =
                secret("gateway-api-keys").getStringData().keySet().iterator().next();
        assertThat(read(SETTINGS).lines())
                .contains("gateway.security.api-keys.%s.file=%s/%s"
                        .formatted(caller, mountPath("gateway-api-keys"), caller))
                .noneMatch(line -> line.startsWith("gateway.security.anonymous"));
    }

    /** Kubernetes does not replace files that are mounted one by one. */
    @Test
    void mountsWholeDirectories() {
        assertThat(container().getVolumeMounts())
                .allSatisfy(mount -> assertThat(mount.getSubPath()).isNull());
    }

    @Test
    void theContainerMayDoNothingButRun() {
        var pod = pod().getSpec();
        var security = container().getSecurityContext();

        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(security.getReadOnlyRootFilesystem()).isTrue();
        assertThat(security.getAllowPrivilegeEscalation()).isFalse();
        assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(only(ServiceAccount.class).getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getServiceAccountName())
                .isEqualTo(only(ServiceAccount.class).getMetadata().getName());
    }

    @Test
    void theContainerRunsAsTheUserOfTheImageAndWritesToItsTemporaryDirectoryOnly() {
        var user = pod().getSpec().getSecurityContext();
        var writable = pod().getSpec().getVolumes().stream()
                .filter(volume -> volume.getEmptyDir() != null)
                .map(volume -> mountPath(volume.getName()));

        assertThat(dockerfile("USER"))
                .as("the last is that of the image")
                .endsWith(user.getRunAsUser() + ":" + user.getRunAsGroup());
        assertThat(writable).containsExactly("/tmp");
        assertThat(read(DOCKERFILE)).contains("-Djava.io.tmpdir=/tmp", "-Duser.home=/tmp");
    }

    private static void assertProbe(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(portNumber(probe.getHttpGet().getPort())).isEqualTo(port("management"));
    }

    private static JsonNode generator(int index) {
        return StrictYaml.tree(BASE.resolve(KUSTOMIZATION)).at("/configMapGenerator/" + index);
    }

    private static String configMap(String volume) {
        return pod().getSpec().getVolumes().stream()
                .filter(one -> one.getName().equals(volume))
                .findFirst()
                .orElseThrow()
                .getConfigMap()
                .getName();
    }
}
