package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.secret.SharedKeys;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Provides the signer of receipts: with the key of the configuration, or with the key that all replicas share. Thread-safe; created at
 * startup, so that an invalid key fails fast.
 */
@Startup
@Singleton
class Receipts {

    private static final String KEY = "gateway.receive.receipt-key";
    private static final String PURPOSE = "receipts";
    private static final int KEY_BYTES = 32;

    private final SharedKeys keys;
    private final ThreadPoolExecutor threads = BoundedThreads.create("gateway-receipt-key", 1, 1_000);
    private volatile @Nullable ReceiptSigner signer;
    private @Nullable CompletableFuture<ReceiptSigner> loading;

    /**
     * @throws ConfigurationException if the key is invalid; the message does not contain the key
     */
    Receipts(LeaseConfig config, SharedKeys keys) {
        this.keys = keys;
        this.signer = config.receiptKey()
                .map(text -> new ReceiptSigner(decoded(text.value())))
                .orElse(null);
    }

    private static byte[] decoded(String base64) {
        try {
            byte[] key = Base64.getDecoder().decode(base64.strip());
            if (key.length == KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException notBase64) {
            // The message of the exception would show the key.
        }
        throw new ConfigurationException(
                KEY + ": must be the Base64 of 32 bytes, such as `openssl rand -base64 32` prints");
    }

    /**
     * Returns the signer. All callers share one read of the key. If the key is in the store and the store does not answer, the future
     * fails with {@link StoreUnavailableException}.
     */
    CompletableFuture<ReceiptSigner> signer() {
        var known = signer;
        return known != null ? CompletableFuture.completedFuture(known) : loading();
    }

    private synchronized CompletableFuture<ReceiptSigner> loading() {
        var running = loading;
        if (running == null || running.isDone()) {
            running = CompletableFuture.supplyAsync(this::loaded, threads);
            loading = running;
        }
        return running.copy();
    }

    private ReceiptSigner loaded() {
        var known = Optional.ofNullable(signer).orElseGet(() -> new ReceiptSigner(keys.key(PURPOSE)));
        signer = known;
        return known;
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }
}
