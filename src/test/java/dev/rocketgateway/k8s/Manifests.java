package dev.rocketgateway.k8s;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.ConfigKeys;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

/** The files of k8s/, and what the application says about ports, variables and settings. */
final class Manifests {

    static final Path MANIFESTS = Path.of("k8s");
    static final Path BASE = MANIFESTS.resolve("base");
    static final Path SETTINGS = BASE.resolve("config/application.properties");
    static final Path APPLICATION = Path.of("src/main/resources/application.properties");
    static final Path DOCKERFILE = Path.of("src/main/docker/Dockerfile.jvm");

    static final String KUSTOMIZATION = "kustomization.yaml";
    private static final String SUBSCRIPTIONS = "subscriptions";

    /** Read by the JVM itself. */
    private static final Set<String> JVM_VARIABLES = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

    private Manifests() {}

    /** Of one of the two servers, by the part of its keys after {@code quarkus.}. */
    static Integer port(String server) {
        return Integer.valueOf(quarkus("quarkus.%s.port".formatted(server)));
    }

    static Integer portNumber(IntOrString port) {
        if (port.getStrVal() == null) {
            return port.getIntVal();
        }
        var numbers =
                container().getPorts().stream().collect(toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        assertThat(numbers).containsKey(port.getStrVal());
        return numbers.get(port.getStrVal());
    }

    static boolean isRead(String variable) {
        var inDefault = Pattern.compile("\\$\\{" + Pattern.quote(variable) + "[:}]");
        return JVM_VARIABLES.contains(variable)
                || properties(APPLICATION).values().stream()
                        .anyMatch(value -> inDefault.matcher(value).find())
                || ConfigKeys.all().values().stream()
                        .anyMatch(key -> key.isSetByVariable(variable)
                                || key.defaultValue() != null
                                        && inDefault.matcher(key.defaultValue()).find())
                || QuarkusKeys.all().values().stream()
                        .anyMatch(key ->
                                key.atRuntime() && key.environmentVariable().equals(variable));
    }

    /** A setting of Quarkus that only the build reads would be without effect here. */
    static boolean isSetting(String property) {
        var quarkus = QuarkusKeys.all().get(property);
        return quarkus != null
                ? quarkus.atRuntime()
                : ConfigKeys.all().values().stream().anyMatch(key -> key.isSetByProperty(property));
    }

    /** What a setting of Quarkus is in the pod. */
    static String quarkus(String name) {
        var key = QuarkusKeys.all().get(name);
        assertThat(key).as(name).isNotNull();
        return properties(SETTINGS).getOrDefault(name, properties(APPLICATION).getOrDefault(name, key.defaultValue()));
    }

    /** The same for health, whose settings belong to the build and are described in no jar on the class path. */
    static String health(String name, String defaultValue) {
        return properties(APPLICATION).getOrDefault("quarkus.smallrye-health." + name, defaultValue);
    }

    static PodTemplateSpec pod() {
        return only(Deployment.class).getSpec().getTemplate();
    }

    static Container container() {
        assertThat(pod().getSpec().getContainers()).hasSize(1);
        return pod().getSpec().getContainers().get(0);
    }

    static String mountPath(String volume) {
        return container().getVolumeMounts().stream()
                .filter(mount -> mount.getName().equals(volume))
                .findFirst()
                .orElseThrow()
                .getMountPath();
    }

    static Secret secret(String name) {
        return objects(BASE, Secret.class).stream()
                .filter(secret -> secret.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The only object of a type in the base. */
    static <T extends HasMetadata> T only(Class<T> type) {
        var found = objects(BASE, type);
        assertThat(found).as(type.getSimpleName()).hasSize(1);
        return found.get(0);
    }

    static <T extends HasMetadata> List<T> objects(Path directory, Class<T> type) {
        return manifests(directory).stream()
                .flatMap(file -> StrictYaml.objects(file).stream())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** The files below a directory with objects of Kubernetes, or patches of them. */
    static List<Path> manifests(Path directory) {
        return files(directory, ".yaml").stream()
                .filter(file -> !file.endsWith(KUSTOMIZATION))
                .filter(file -> !file.getParent().endsWith(SUBSCRIPTIONS))
                .toList();
    }

    /** The directories with a file for each subscription. */
    static List<Path> subscriptionDirectories() {
        return files(MANIFESTS, ".yaml").stream()
                .map(Path::getParent)
                .filter(directory -> directory.endsWith(SUBSCRIPTIONS))
                .distinct()
                .toList();
    }

    /** The arguments of every instruction of a kind. */
    static List<String> dockerfile(String instruction) {
        return read(DOCKERFILE)
                .lines()
                .filter(line -> line.startsWith(instruction + " "))
                .map(line -> line.substring(instruction.length() + 1))
                .toList();
    }

    static String projectVersion() {
        var version = Pattern.compile("</artifactId>\\s*<version>([^<]+)</version>\\s*<name>")
                .matcher(read(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    static Map<String, String> properties(Path file) {
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

    static List<Path> files(Path directory, String end) {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(end))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
