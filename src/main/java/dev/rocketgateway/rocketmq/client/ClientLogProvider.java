package dev.rocketgateway.rocketmq.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.logging.org.slf4j.ILoggerFactory;
import org.apache.rocketmq.logging.org.slf4j.IMarkerFactory;
import org.apache.rocketmq.logging.org.slf4j.Logger;
import org.apache.rocketmq.logging.org.slf4j.helpers.BasicMarkerFactory;
import org.apache.rocketmq.logging.org.slf4j.helpers.NOPMDCAdapter;
import org.apache.rocketmq.logging.org.slf4j.spi.MDCAdapter;
import org.apache.rocketmq.logging.org.slf4j.spi.SLF4JServiceProvider;

/**
 * Sends the client's log to the log of the service. The client logs to a shaded copy of the SLF4J API. The only published provider
 * for this copy is a shaded Logback, which writes files into the home directory.
 *
 * <p>Found by {@link java.util.ServiceLoader}. All categories of the client's log are under {@code org.apache.rocketmq}.
 */
public final class ClientLogProvider implements SLF4JServiceProvider {

    private static final String ROOT = "org.apache.rocketmq";

    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, ClientLogProvider::logger);
    }

    private static Logger logger(String name) {
        return new ClientLogger(name.startsWith(ROOT) ? name : ROOT + "." + name);
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0";
    }

    @Override
    public void initialize() {}
}
