package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.TopicCatalog;
import dev.rocketgateway.publish.TopicDescription;
import dev.rocketgateway.rocketmq.RocketMqErrors;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.attribute.TopicMessageType;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/** Describes topics by their routes, and uses a cached route if there is one. Thread-safe; never blocks the caller. */
@ApplicationScoped
class RocketMqTopics implements TopicCatalog {

    private final TopicRoutes routes;
    private final RocketMqAdmin admin;
    private final RouteThreads threads;

    RocketMqTopics(TopicRoutes routes, RocketMqAdmin admin, RouteThreads threads) {
        this.routes = routes;
        this.admin = admin;
        this.threads = threads;
    }

    @Override
    public CompletionStage<Optional<TopicDescription>> describe(TopicName topic) {
        try {
            return routes.of(topic.value())
                    .thenApply(route -> described(topic, route))
                    .exceptionallyComposeAsync(failure -> unpublishable(topic, failure), threads);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedStage(RocketMqErrors.translate(e));
        }
    }

    private static Optional<TopicDescription> described(TopicName topic, TopicRoutes.Route route) {
        if (route instanceof TopicRoutes.Route.Unknown) {
            throw new SendFailedException(SendFailedException.Reason.UNAVAILABLE);
        }
        return route instanceof TopicRoutes.Route.Found found
                ? Optional.of(publishable(topic, found))
                : Optional.empty();
    }

    private static TopicDescription publishable(TopicName topic, TopicRoutes.Route.Found found) {
        var queues = found.queues().stream()
                .map(queue -> new TopicDescription.Queue(queue.getBrokerName(), queue.getQueueId()))
                .toList();
        return new TopicDescription(
                topic.value(),
                queues,
                true,
                found.declaredType().map(TopicMessageType::getValue).orElse(null));
    }

    /** Describes a topic that exists but for which no broker accepts messages, so that it has no route for publishing. */
    private CompletionStage<Optional<TopicDescription>> unpublishable(TopicName topic, Throwable failure) {
        var translated = RocketMqErrors.translate(failure);
        if (translated.reason() != SendFailedException.Reason.UNAVAILABLE) {
            return CompletableFuture.failedStage(translated);
        }
        try {
            return admin.route(topic.value())
                    .<CompletionStage<Optional<TopicDescription>>>map(route -> CompletableFuture.completedStage(
                            Optional.of(new TopicDescription(topic.value(), readable(route), false, null))))
                    .orElseGet(() -> CompletableFuture.failedStage(translated));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedStage(translated);
        } catch (Exception silent) {
            return CompletableFuture.failedStage(translated);
        }
    }

    private static List<TopicDescription.Queue> readable(TopicRouteData route) {
        return route.getQueueDatas().stream()
                .filter(broker -> PermName.isReadable(broker.getPerm()))
                .flatMap(broker -> IntStream.range(0, broker.getReadQueueNums())
                        .mapToObj(id -> new TopicDescription.Queue(broker.getBrokerName(), id)))
                .toList();
    }
}
