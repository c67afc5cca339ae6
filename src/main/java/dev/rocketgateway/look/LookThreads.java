package dev.rocketgateway.look;

import dev.rocketgateway.deliver.BrokerThreads;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Threads for calls that look at topics. */
@Singleton
public class LookThreads extends BrokerThreads {

    private static final int THREADS = 8;
    private static final int QUEUE = 256;

    @Inject
    LookThreads() {
        this("gateway-look");
    }

    /** Creates threads for work that must not delay the requests of callers. */
    public LookThreads(String name) {
        super(name, THREADS, QUEUE);
    }

    @Override
    @PreDestroy
    public void stop() {
        super.stop();
    }
}
