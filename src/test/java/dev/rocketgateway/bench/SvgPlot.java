package dev.rocketgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lines over a few steps that are as far from each other whatever their values, as SVG on white, so that it can be read on a
 * dark page too.
 */
final class SvgPlot {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 80;
    private static final int RIGHT = 150;
    private static final int TOP = 45;
    private static final int BOTTOM = 60;
    private static final int TICKS = 5;

    /** Told apart by people who do not see all colours too: Okabe and Ito. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

    private final String title;
    private final String horizontal;
    private final String vertical;
    private final List<String> steps;
    private final Map<String, List<Double>> lines = new LinkedHashMap<>();

    /**
     * @param steps at least two
     */
    SvgPlot(String title, String horizontal, String vertical, List<String> steps) {
        this.title = title;
        this.horizontal = horizontal;
        this.vertical = vertical;
        this.steps = steps;
    }

    /**
     * @param values one per step, none negative
     */
    SvgPlot line(String name, List<Double> values) {
        if (values.size() != steps.size()) {
            throw new IllegalArgumentException(
                    "line '%s' has %d values for %d steps".formatted(name, values.size(), steps.size()));
        }
        lines.put(name, values);
        return this;
    }

    void write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, svg());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String svg() {
        double top = ceiling(lines.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1));
        var svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
        svg.append(" font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">\n");
        svg.append("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n".formatted(WIDTH, HEIGHT));
        text(svg, LEFT, 25, "start", "font-size=\"16\" font-weight=\"bold\"", title);
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 15, "middle", "", horizontal);
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        text(svg, 20, middle, "middle", "transform=\"rotate(-90 20 %.0f)\"".formatted(middle), vertical);
        for (int tick = 0; tick <= TICKS; tick++) {
            double value = top * tick / TICKS;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\"/>\n",
                    LEFT,
                    y(value, top),
                    WIDTH - RIGHT,
                    y(value, top),
                    tick == 0 ? "#222" : "#ddd"));
            text(svg, LEFT - 8, y(value, top) + 4, "end", "", number(value, top));
        }
        for (int step = 0; step < steps.size(); step++) {
            text(svg, x(step), HEIGHT - BOTTOM + 20, "middle", "", steps.get(step));
        }
        int index = 0;
        for (var line : lines.entrySet()) {
            draw(svg, line.getKey(), line.getValue(), top, index++);
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg, String name, List<Double> values, double top, int index) {
        var colour = COLOURS.get(index % COLOURS.size());
        var points = new StringBuilder();
        var dots = new StringBuilder();
        for (int step = 0; step < values.size(); step++) {
            double x = x(step);
            double y = y(values.get(step), top);
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
            dots.append(String.format(
                    Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", x, y, colour));
        }
        svg.append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n"
                .formatted(points.toString().strip(), colour));
        svg.append(dots);
        int legend = TOP + 10 + 22 * index;
        svg.append("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2\"/>\n"
                .formatted(WIDTH - RIGHT + 15, legend, WIDTH - RIGHT + 40, legend, colour));
        text(svg, WIDTH - RIGHT + 47, legend + 4, "start", "", name);
    }

    private double x(int step) {
        double width = WIDTH - LEFT - RIGHT;
        return LEFT + width * (0.5 + step) / steps.size();
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top;
    }

    /** The next number above that five ticks divide well. */
    private static double ceiling(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(most, 1e-9))));
        for (double factor : new double[] {1, 1.5, 2, 2.5, 3, 4, 5, 7.5}) {
            if (most <= factor * power) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value, double top) {
        return String.format(Locale.ROOT, top >= 10 ? "%,.0f" : top >= 1 ? "%.1f" : "%.3f", value);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String more, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>\n",
                x,
                y,
                anchor,
                more,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
