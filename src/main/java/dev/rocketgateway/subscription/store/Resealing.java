package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.secret.SubscriptionSecrets;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Encrypts stored secrets again, with the newest key, if they are encrypted with an older key. Old keys can then be removed. Called
 * by one thread.
 */
@Singleton
class Resealing {

    private static final Logger LOG = Logger.getLogger(Resealing.class);

    private final SubscriptionCache subscriptions;
    private final SubscriptionSecrets secrets;
    private final Database database;
    private final StoredKeys keys;
    private boolean keysUndecryptable;
    private final Set<String> undecryptable = new HashSet<>();

    Resealing(SubscriptionCache subscriptions, SubscriptionSecrets secrets, Database database, StoredKeys keys) {
        this.keys = keys;
        this.subscriptions = subscriptions;
        this.secrets = secrets;
        this.database = database;
    }

    void run() {
        if (!keysUndecryptable) {
            resealKeys();
        }
        for (var subscription : subscriptions.list()) {
            if (subscription.origin() == Subscription.Origin.API
                    && secrets.isSealedWithAnOldKey(subscription)
                    && !undecryptable.contains(subscription.name())) {
                reseal(subscription);
            }
        }
    }

    private void resealKeys() {
        try {
            keys.reseal();
        } catch (MissingSecretException e) {
            keysUndecryptable = true;
            LOG.warnf("the key for receipts, which all replicas share, cannot be decrypted reason=%s", e.getMessage());
        }
    }

    private void reseal(Subscription subscription) {
        try {
            var resealed = secrets.resealed(subscription);
            // The subscription does not change, so it keeps its generation. It gets a new revision, so replicas read it
            // again.
            database.write(connection -> SubscriptionTable.update(
                    connection,
                    resealed,
                    subscription.generation(),
                    subscription.generation(),
                    SubscriptionTable.nextRevision(connection)));
            LOG.infof("secrets encrypted with the newest key subscription=%s", subscription.name());
            subscriptions.refresh();
        } catch (MissingSecretException e) {
            undecryptable.add(subscription.name());
            LOG.warnf("secrets cannot be decrypted subscription=%s reason=%s", subscription.name(), e.getMessage());
        }
    }
}
