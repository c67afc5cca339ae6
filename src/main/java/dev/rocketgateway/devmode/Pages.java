package dev.rocketgateway.devmode;

import java.io.InputStream;

/** Opens the HTML pages of dev mode. */
final class Pages {

    private Pages() {}

    static InputStream open(String name) {
        var page = Pages.class.getResourceAsStream("/dev/" + name);
        if (page == null) {
            throw new IllegalStateException("/dev/%s is missing".formatted(name));
        }
        return page;
    }
}
