package dev.rocketgateway.rocketmq;

import dev.rocketgateway.message.LogText;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import org.apache.rocketmq.logging.org.slf4j.Marker;
import org.apache.rocketmq.logging.org.slf4j.event.Level;
import org.apache.rocketmq.logging.org.slf4j.helpers.LegacyAbstractLogger;
import org.apache.rocketmq.logging.org.slf4j.helpers.MessageFormatter;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One category of the client's log, in the service's. */
final class ClientLogger extends LegacyAbstractLogger {

    private static final String BODY = "body=";

    /** As {@code MessageExt.toString} writes them; a property's value may hold a brace, so all up to the body goes. */
    private static final Pattern CONTENTS =
            Pattern.compile("(properties)=\\{.*?(?=, body=)|(?<=, )(body)=(?:\\[[^\\]]*]|null)", Pattern.DOTALL);

    /**
     * What the client warns of, message by message or queue by queue, when a subscription starts, is full, held or drained, or a
     * topic is not there: that is as it should be, and the gateway's own log or answer has said it once.
     */
    private static final List<String> MEANT = List.of(
            "get Topic [{}] RouteInfoFromNameServer is not exist value",
            "updateTopicRouteInfoFromNameServer Exception",
            "Returned Previous MQClientInstance",
            "lock heartBeat, but failed",
            "No matched consumer for the PullRequest",
            "processQueue is dropped without process consume result",
            "consumer was paused, execute pull request later",
            "PullMessageServiceScheduledThread has shutdown",
            "the cached message count exceeds the threshold",
            "the cached message size exceeds the threshold");

    /** A broker that is away, or a connection that was closed: the probe tells of the first, and the second is our doing. */
    private static final String PULL_FAILED = "execute the pull request exception";

    private static final String NOT_TERMINATED = "didn't terminate!";

    private final transient Logger target;

    ClientLogger(String name) {
        this.name = name;
        this.target = Logger.getLogger(name);
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        target.log(
                ClientLogger.class.getName(),
                isMeant(pattern, thrown) ? Logger.Level.DEBUG : translate(level),
                LogText.line(withoutContents(MessageFormatter.basicArrayFormat(pattern, arguments))),
                null,
                thrown);
    }

    private static boolean isMeant(String pattern, @Nullable Throwable thrown) {
        // A consumer that has ended is still told of what its last requests brought.
        return thrown instanceof RejectedExecutionException
                || pattern.startsWith(PULL_FAILED) && thrown instanceof RemotingException
                || pattern.endsWith(NOT_TERMINATED)
                || MEANT.stream().anyMatch(pattern::startsWith);
    }

    /** The client logs whole messages when it cannot send one back; what callers wrote stays out of the log. */
    static String withoutContents(String text) {
        if (!text.contains(BODY)) {
            return text;
        }
        return CONTENTS.matcher(text)
                .replaceAll(contents -> (contents.group(1) == null ? "body" : "properties") + "=redacted");
    }

    private static Logger.Level translate(Level level) {
        return switch (level) {
            case ERROR -> Logger.Level.ERROR;
            case WARN -> Logger.Level.WARN;
            case INFO -> Logger.Level.INFO;
            case DEBUG -> Logger.Level.DEBUG;
            case TRACE -> Logger.Level.TRACE;
        };
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return ClientLogger.class.getName();
    }

    @Override
    public boolean isTraceEnabled() {
        return target.isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return target.isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return target.isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return target.isEnabled(Logger.Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return target.isEnabled(Logger.Level.ERROR);
    }
}
