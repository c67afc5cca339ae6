package dev.rocketgateway.testing;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Reads the Javadoc of the methods of the configuration interfaces from their sources. */
public final class ConfigJavadoc {

    private static final Path SOURCES = Path.of("src/main/java");

    /** By interface and method, in the order of the sources. */
    private final Map<String, String> texts = new LinkedHashMap<>();

    private ConfigJavadoc() {}

    /** Reads the sources of all files that are named {@code …Config.java}. */
    public static ConfigJavadoc read() {
        var all = new ConfigJavadoc();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, Locale.ROOT, null);
                var paths = Files.walk(SOURCES)) {
            var sources = paths.filter(path -> path.toString().endsWith("Config.java"))
                    .sorted()
                    .toList();
            var task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            var docs = DocTrees.instance(task);
            for (var unit : task.parse()) {
                new Methods(unit, docs, all.texts).scan(unit, null);
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Javadoc as one line of Markdown; null if the method has none. */
    public @Nullable String of(Method method) {
        return texts.get(key(method.getDeclaringClass().getName(), method.getName()));
    }

    /** Where the method is among all methods, for the order of tables. */
    public int position(Method method) {
        return List.copyOf(texts.keySet())
                .indexOf(key(method.getDeclaringClass().getName(), method.getName()));
    }

    private static String key(String type, String method) {
        return type + "." + method;
    }

    private static final class Methods extends TreePathScanner<Void, @Nullable String> {

        private final CompilationUnitTree unit;
        private final DocTrees docs;
        private final Map<String, String> texts;

        Methods(CompilationUnitTree unit, DocTrees docs, Map<String, String> texts) {
            this.unit = unit;
            this.docs = docs;
            this.texts = texts;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable String outer) {
            var name = outer == null ? unit.getPackageName() + "." : outer + "$";
            return super.visitClass(type, name + type.getSimpleName());
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable String type) {
            var doc = docs.getDocCommentTree(getCurrentPath());
            if (doc != null) {
                texts.put(key(String.valueOf(type), method.getName().toString()), markdown(doc));
            }
            return null;
        }

        private static String markdown(DocCommentTree doc) {
            return doc.getFullBody().toString().isEmpty()
                    ? ""
                    : String.join(
                                    "",
                                    doc.getFullBody().stream()
                                            .map(Object::toString)
                                            .toList())
                            .replaceAll("\\{@code ([^}]*)}", "`$1`")
                            .replace("\\u2026", "…")
                            .replaceAll("\\s+", " ")
                            .strip();
        }
    }
}
