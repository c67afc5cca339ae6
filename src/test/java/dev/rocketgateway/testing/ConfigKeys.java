package dev.rocketgateway.testing;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.subscription.document.Field;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappingInterface;
import io.smallrye.config.ConfigMappings;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every configuration key of the service, as the {@code @ConfigMapping} interfaces of its classes declare them. */
public final class ConfigKeys {

    /** Stands in a name for the part a user chooses, as in {@code gateway.subscriptions.<name>.source.topic}. */
    public static final String CHOSEN = "<name>";

    /** Stands for any element of a list of groups. */
    private static final String FIRST = "[0]";

    private static final String ROOT_PACKAGE = "dev.rocketgateway";
    private static final SortedMap<String, Key> ALL = Collections.unmodifiableSortedMap(read());

    private ConfigKeys() {}

    /**
     * One key.
     *
     * @param name in full, with {@link #CHOSEN} where the user chooses
     * @param defaultValue as written, expressions included; null if there is none
     * @param type of the value, without the Optional around it
     * @param required whether it must be set, for each choice where the name has one
     * @param method that declares the key
     */
    public record Key(String name, @Nullable String defaultValue, Type type, boolean required, Method method) {

        /** Whether a line of a configuration, such as {@code gateway.subscriptions.orders.source.topic=…}, sets this key. */
        public boolean isSetByProperty(String property) {
            return matches(property, part -> part, "(\"[^\"]+\"|[^.\"]+)");
        }

        /** Whether an environment variable sets this key. */
        public boolean isSetByVariable(String variable) {
            return matches(variable, ConfigKeys::variable, "[A-Z0-9_]+");
        }

        private boolean matches(String text, UnaryOperator<String> form, String anyChoice) {
            return text.matches(
                    Arrays.stream(name.replace(FIRST, "[" + CHOSEN + "]").split(CHOSEN, -1))
                            .map(form)
                            .map(Pattern::quote)
                            .collect(Collectors.joining(anyChoice)));
        }
    }

    /** All keys by name. */
    public static SortedMap<String, Key> all() {
        return ALL;
    }

    /** The rule of MicroProfile Config. */
    private static String variable(String property) {
        return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private static SortedMap<String, Key> read() {
        var keys = new TreeMap<String, Key>();
        for (var mapping : mappings()) {
            ConfigMappings.getProperties(ConfigMappings.ConfigClass.configClass(mapping))
                    .forEach((path, property) -> {
                        // A list is listed twice: as a whole, and by its elements.
                        if (!path.endsWith("[*]")) {
                            var name = path.replace("[*]", FIRST).replace("*", CHOSEN);
                            keys.put(name, key(name, property));
                        }
                    });
        }
        return keys;
    }

    private static Key key(String name, ConfigMappingInterface.Property property) {
        var type = property.getMethod().getGenericReturnType();
        var optional = type instanceof ParameterizedType of && of.getRawType() == Optional.class;
        var value = property.hasDefaultValue() ? property.getDefaultValue() : null;
        return new Key(
                name,
                value,
                optional ? ((ParameterizedType) type).getActualTypeArguments()[0] : type,
                !optional && value == null && !Map.class.isAssignableFrom(raw(type)) || isMarkedRequired(property),
                property.getMethod());
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType of ? (Class<?>) of.getRawType() : (Class<?>) type;
    }

    /** Subscriptions report what is missing themselves, with everything else that is wrong. */
    private static boolean isMarkedRequired(ConfigMappingInterface.Property property) {
        var field = property.getMethod().getAnnotation(Field.class);
        return field != null && field.required();
    }

    private static List<Class<?>> mappings() {
        var root = classes(RocketMqConfig.class);
        try (var files = Files.walk(root.resolve(ROOT_PACKAGE.replace('.', '/')))) {
            return files.map(file -> root.relativize(file).toString().replace(File.separatorChar, '.'))
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .<Class<?>>map(name -> load(name.substring(0, name.length() - ".class".length())))
                    .filter(type -> type.isAnnotationPresent(ConfigMapping.class))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory that the service's own classes were compiled to. */
    private static Path classes(Class<?> ofTheService) {
        try {
            return Path.of(ofTheService
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ConfigKeys.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
