package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.BrokerThreads;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.StoreUnavailableException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Threads for the requests of operators. */
@Singleton
class OperatorThreads extends BrokerThreads {

    private static final int THREADS = 8;
    private static final int QUEUE = 64;

    OperatorThreads() {
        super("gateway-operator", THREADS, QUEUE);
    }

    /** Also translates {@link StoreUnavailableException}, to {@code store-unavailable}. */
    @Override
    public <T> CompletableFuture<T> run(Supplier<T> task) {
        return super.run(() -> {
            try {
                return task.get();
            } catch (StoreUnavailableException e) {
                throw GatewayException.causedBy(e, ProblemType.STORE_UNAVAILABLE, "The database does not answer.");
            }
        });
    }

    @Override
    @PreDestroy
    public void stop() {
        super.stop();
    }
}
