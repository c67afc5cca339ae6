package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.DeadLetters;
import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.history.RedriveLog;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Holds the redrives ({@link RedriveJob}) of this replica: at most one running redrive for each subscription, and the last ended
 * ones. A redrive ends with the process. Its progress is recorded, so the next redrive continues from there. Thread-safe.
 */
@ApplicationScoped
class Redrives {

    private static final Logger LOG = Logger.getLogger(Redrives.class);

    private static final int REMEMBERED = 100;

    private final DeadLetters letters;
    private final RedriveLog log;
    private final Map<String, RedriveJob> jobs = new LinkedHashMap<>();

    Redrives(DeadLetters letters, RedriveLog log) {
        this.letters = letters;
        this.log = log;
    }

    /**
     * Starts a redrive.
     *
     * @param covered whether the caller may redrive a dead letter; other dead letters are not redriven
     * @throws GatewayException {@code redrive-running} if a redrive of the subscription is running
     */
    synchronized RedriveJob start(
            Subscription subscription,
            RedriveSelection selection,
            Optional<Double> ratePerSecond,
            Predicate<DeadLetter> covered) {
        for (var job : of(subscription.name())) {
            if (job.isRunning()) {
                throw GatewayException.of(
                        ProblemType.REDRIVE_RUNNING,
                        "Redrive '%s' of subscription '%s' is still running.".formatted(job.id(), subscription.name()));
            }
        }
        forgetTheOldest();
        var job = new RedriveJob(
                UUID.randomUUID().toString(), subscription, selection, ratePerSecond, covered, letters, log);
        jobs.put(job.id(), job);
        LOG.infof(
                "redrive is starting subscription=%s redrive=%s selection=%s",
                subscription.name(), job.id(), selection.label());
        var thread = new Thread(job, "gateway-redrive");
        thread.setDaemon(true);
        thread.start();
        return job;
    }

    /** Stops and forgets the redrives of a deleted subscription. */
    synchronized void stop(String subscription) {
        of(subscription).forEach(RedriveJob::stop);
        jobs.values().removeIf(job -> job.subscription().equals(subscription));
    }

    private void forgetTheOldest() {
        var ended = jobs.values().stream()
                .filter(job -> !job.isRunning())
                .map(RedriveJob::id)
                .limit(Math.max(0, jobs.size() - REMEMBERED + 1))
                .toList();
        ended.forEach(jobs::remove);
    }

    /** The redrives of the subscription, the oldest first. */
    synchronized List<RedriveJob> of(String subscription) {
        return jobs.values().stream()
                .filter(job -> job.subscription().equals(subscription))
                .toList();
    }

    @PreDestroy
    synchronized void stop() {
        jobs.values().forEach(RedriveJob::stop);
    }
}
