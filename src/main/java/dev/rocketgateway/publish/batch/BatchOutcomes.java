package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.ProblemAnswers;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.admission.PublishMetrics;
import dev.rocketgateway.publish.request.Answer;
import dev.rocketgateway.publish.send.SendOutcome;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Collects the results of the messages of one request and builds the response. Keeps a bounded number of results, so that a stream
 * of any length gets a response. Not thread-safe.
 *
 * <pre>
 * accepted | response
 * ---------|----------------------------------------------------------------------------------
 * all      | 200, 202 for async, 204 without body for oneway
 * some     | 207
 * none     | 500 if any failed because of a bug, else the problem that all failures share,
 *          | else the most severe retryable one, else 400
 * </pre>
 */
final class BatchOutcomes {

    private final SendMode mode;
    private final int maxResults;
    private final RoutingContext context;
    private final List<BatchResult> results = new ArrayList<>();
    private final List<BatchResult> failures = new ArrayList<>();
    private final TreeSet<ProblemType> problems = new TreeSet<>();
    private long accepted;
    private long failed;
    private boolean stopped;
    private boolean unknown;
    private boolean stored;
    private long retryAfter;

    /**
     * @param maxResults maximum number of results in the response. For a request with more messages, the response has only
     *     failures, at most this many.
     */
    BatchOutcomes(SendMode mode, int maxResults, RoutingContext context) {
        this.mode = mode;
        this.maxResults = maxResults;
        this.context = context;
    }

    void add(SendOutcome outcome) {
        var result = BatchResult.of((int) Math.min(Integer.MAX_VALUE, count()), outcome, mode, context);
        if (results.size() < maxResults) {
            results.add(result);
        }
        if (outcome instanceof SendOutcome.Failed failure) {
            failed++;
            // A failure that follows from another failure is not the reason.
            if (failure.problem().type() != ProblemType.EARLIER_MESSAGE_FAILED) {
                problems.add(failure.problem().type());
            }
            unknown |= failure.problem().isOutcomeUnknown();
            stored |= failure.problem().isStored();
            retryAfter = Math.max(retryAfter, failure.problem().retryAfter().orElse(0));
            if (failures.size() < maxResults) {
                failures.add(result);
            }
        } else {
            accepted++;
        }
    }

    /** Records that the rest of the request was not read. */
    void stop() {
        stopped = true;
    }

    long count() {
        return accepted + failed;
    }

    /** The outcome for the metrics. */
    String label() {
        return failed == 0
                ? PublishMetrics.SUCCESS
                : accepted > 0 ? "partial" : problem().code();
    }

    Answer answer(ObjectMapper json) {
        if (failed == 0 && mode == SendMode.ONEWAY) {
            return Answer.noContent();
        }
        var shown = count() > maxResults ? failures : results;
        var receipt = new BatchReceipt(accepted, failed, stopped ? Boolean.TRUE : null, shown);
        if (accepted > 0) {
            int status = failed > 0 ? 207 : mode.status();
            return Answer.json(status, json.writerFor(BatchReceipt.class), receipt);
        }
        var type = problem();
        var failure = GatewayException.of(
                type,
                "None of the %d messages was accepted; results has the reason for each message.".formatted(failed));
        failure = unknown ? failure.withUnknownOutcome() : failure;
        failure = stored ? failure.withStored() : failure;
        failure = retryAfter > 1 && type.retryable() ? failure.withRetryAfter(Duration.ofSeconds(retryAfter)) : failure;
        var document = new BatchFailure(ProblemAnswers.document(context, failure), receipt);
        return new Answer(
                type.status(),
                new Answer.Body(Answer.write(json.writerFor(BatchFailure.class), document), Problem.MEDIA_TYPE),
                failure.retryAfter().stream()
                        .mapToObj(seconds -> new Answer.Header("Retry-After", String.valueOf(seconds)))
                        .toList());
    }

    private ProblemType problem() {
        if (problems.size() == 1) {
            return problems.first();
        }
        if (problems.contains(ProblemType.INTERNAL)) {
            return ProblemType.INTERNAL;
        }
        return problems.stream()
                .filter(ProblemType::retryable)
                .max(Comparator.comparingInt(ProblemType::status))
                .orElse(ProblemType.INVALID_REQUEST);
    }
}
