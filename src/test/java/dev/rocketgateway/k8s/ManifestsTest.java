package dev.rocketgateway.k8s;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rocketgateway.testing.ConfigKeys;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds k8s/ and the Dockerfile to the Kubernetes API, to the application, and to each other. */
class ManifestsTest {

    private static final Path MANIFESTS = Path.of("k8s");
    private static final Path BASE = MANIFESTS.resolve("base");
    private static final Path SETTINGS = BASE.resolve("config/application.properties");
    private static final Path APPLICATION = Path.of("src/main/resources/application.properties");
    private static final Path DOCKERFILE = Path.of("src/main/docker/Dockerfile.jvm");

    /** Keys of a kustomization that are in use, and those of the objects in their lists. */
    private static final Map<String, Set<String>> KUSTOMIZATION = Map.of(
            "apiVersion", Set.of(),
            "kind", Set.of(),
            "resources", Set.of(),
            "configMapGenerator", Set.of("name", "files"),
            "images", Set.of("name", "newName", "newTag"));

    /** Read by the JVM itself. */
    private static final Set<String> JVM_VARIABLES = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

    static List<Path> manifests() {
        return files(MANIFESTS, ".yaml").stream()
                .filter(file -> !file.endsWith("kustomization.yaml"))
                .toList();
    }

    static List<Path> kustomizations() {
        return files(MANIFESTS, "kustomization.yaml");
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
            assertThat(entry.getKey()).as("field of %s", kustomization).isIn(KUSTOMIZATION.keySet());
            entry.getValue().forEach(element -> element.fieldNames().forEachRemaining(name -> assertThat(name)
                    .as("field of %s in %s", entry.getKey(), kustomization)
                    .isIn(KUSTOMIZATION.get(entry.getKey()))));
        });
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void everyKustomizationNamesEveryFileBesideItThatIsNotAnExample(Path kustomization) {
        var directory = kustomization.getParent();
        var named = new TreeSet<Path>();
        var tree = StrictYaml.tree(kustomization);
        tree.path("resources").forEach(resource -> named.add(directory.resolve(resource.asText())));
        tree.path("configMapGenerator")
                .forEach(generator ->
                        generator.path("files").forEach(file -> named.add(directory.resolve(file.asText()))));

        assertThat(named)
                .allSatisfy(file -> assertThat(file).exists())
                .containsExactlyInAnyOrderElementsOf(files(directory, "").stream()
                        .filter(file -> !file.equals(kustomization))
                        .filter(file -> !file.toString().endsWith(".example.yaml"))
                        .toList());
    }

    @Test
    void theKustomizationRunsThisVersionOfTheImageOfTheDeployment() {
        var image = StrictYaml.tree(BASE.resolve("kustomization.yaml")).at("/images/0");

        assertThat(container().getImage()).isEqualTo(image.path("name").asText());
        assertThat(image.path("newTag").asText()).isEqualTo(projectVersion());
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
    void everyEnvironmentVariableIsOneTheApplicationReads() {
        var names = new TreeSet<String>();
        for (var container : pod().getSpec().getContainers()) {
            container.getEnv().stream().map(EnvVar::getName).forEach(names::add);
        }
        dockerfile("ENV").forEach(setting -> names.add(setting.split("=", 2)[0]));

        assertThat(names).isNotEmpty();
        assertThat(names)
                .filteredOn(name -> !isRead(name))
                .as("variables nobody reads")
                .isEmpty();
    }

    @Test
    void everySettingIsOneTheApplicationReads() {
        assertThat(properties(SETTINGS)).containsKey("gateway.rocketmq.namesrv-addr");
        for (var file : files(MANIFESTS, ".properties")) {
            assertThat(properties(file).keySet())
                    .filteredOn(name -> !isSetting(name))
                    .as("settings in %s that the application does not read", file)
                    .isEmpty();
        }
    }

    @Test
    void theSettingsAreMountedWhereTheApplicationLooksForThem() {
        var generator = StrictYaml.tree(BASE.resolve("kustomization.yaml")).at("/configMapGenerator/0");
        var volumes = pod().getSpec().getVolumes().stream()
                .filter(volume -> volume.getConfigMap() != null)
                .toList();

        assertThat(volumes).hasSize(1);
        assertThat(volumes.get(0).getConfigMap().getName())
                .isEqualTo(generator.path("name").asText());
        assertThat(mountPath(volumes.get(0).getName()))
                .isEqualTo(dockerfile("WORKDIR").get(0) + "/config");
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

    /** Of one of the two servers, by the part of its keys after {@code quarkus.}. */
    private static Integer port(String server) {
        return Integer.valueOf(quarkus("quarkus.%s.port".formatted(server)));
    }

    private static Integer portNumber(IntOrString port) {
        if (port.getStrVal() == null) {
            return port.getIntVal();
        }
        var numbers =
                container().getPorts().stream().collect(toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        assertThat(numbers).containsKey(port.getStrVal());
        return numbers.get(port.getStrVal());
    }

    private static boolean isRead(String variable) {
        var inDefault = Pattern.compile("\\$\\{" + Pattern.quote(variable) + "[:}]");
        return JVM_VARIABLES.contains(variable)
                || ConfigKeys.all().values().stream()
                        .anyMatch(key -> key.isSetByVariable(variable)
                                || key.defaultValue() != null
                                        && inDefault.matcher(key.defaultValue()).find())
                || QuarkusKeys.all().values().stream()
                        .anyMatch(key ->
                                key.atRuntime() && key.environmentVariable().equals(variable));
    }

    /** A setting of Quarkus that only the build reads would be without effect here. */
    private static boolean isSetting(String property) {
        var quarkus = QuarkusKeys.all().get(property);
        return quarkus != null
                ? quarkus.atRuntime()
                : ConfigKeys.all().values().stream().anyMatch(key -> key.isSetByProperty(property));
    }

    /** What a setting of Quarkus is in the pod. */
    private static String quarkus(String name) {
        var key = QuarkusKeys.all().get(name);
        assertThat(key).as(name).isNotNull();
        return properties(SETTINGS).getOrDefault(name, properties(APPLICATION).getOrDefault(name, key.defaultValue()));
    }

    /** The same for health, whose settings belong to the build and are described in no jar on the class path. */
    private static String health(String name, String defaultValue) {
        return properties(APPLICATION).getOrDefault("quarkus.smallrye-health." + name, defaultValue);
    }

    private static PodTemplateSpec pod() {
        return only(Deployment.class).getSpec().getTemplate();
    }

    private static Container container() {
        assertThat(pod().getSpec().getContainers()).hasSize(1);
        return pod().getSpec().getContainers().get(0);
    }

    private static String mountPath(String volume) {
        return container().getVolumeMounts().stream()
                .filter(mount -> mount.getName().equals(volume))
                .findFirst()
                .orElseThrow()
                .getMountPath();
    }

    private static Secret secret(String name) {
        return all(Secret.class).stream()
                .filter(secret -> secret.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static <T extends HasMetadata> T only(Class<T> type) {
        var found = all(type);
        assertThat(found).as(type.getSimpleName()).hasSize(1);
        return found.get(0);
    }

    private static <T extends HasMetadata> List<T> all(Class<T> type) {
        return files(BASE, ".yaml").stream()
                .filter(file -> !file.endsWith("kustomization.yaml"))
                .flatMap(file -> StrictYaml.objects(file).stream())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** The arguments of every instruction of a kind. */
    private static List<String> dockerfile(String instruction) {
        return read(DOCKERFILE)
                .lines()
                .filter(line -> line.startsWith(instruction + " "))
                .map(line -> line.substring(instruction.length() + 1))
                .toList();
    }

    private static String projectVersion() {
        var version = Pattern.compile("</artifactId>\\s*<version>([^<]+)</version>\\s*<name>")
                .matcher(read(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private static Map<String, String> properties(Path file) {
        var twice = new ArrayList<Object>();
        var properties = new Properties() {
            @Override
            public synchronized Object put(Object key, Object value) {
                if (containsKey(key)) {
                    twice.add(key);
                }
                return super.put(key, value);
            }
        };
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(twice).as("keys that are set twice in %s", file).isEmpty();
        return properties.stringPropertyNames().stream().collect(toMap(name -> name, properties::getProperty));
    }

    private static List<Path> files(Path directory, String end) {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(end))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
