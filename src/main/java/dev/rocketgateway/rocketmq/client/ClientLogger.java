package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.message.LogText;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.logging.org.slf4j.Marker;
import org.apache.rocketmq.logging.org.slf4j.event.Level;
import org.apache.rocketmq.logging.org.slf4j.helpers.LegacyAbstractLogger;
import org.apache.rocketmq.logging.org.slf4j.helpers.MessageFormatter;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes one category of the RocketMQ client's log to the log of the service. */
final class ClientLogger extends LegacyAbstractLogger {

    private static final String BODY = "body=";

    /**
     * Properties and body, as {@code MessageExt.toString} writes them. A property can contain a brace, so everything up to the body
     * is removed.
     */
    private static final Pattern CONTENTS =
            Pattern.compile("(properties)=\\{.*?(?=, body=)|(?<=, )(body)=(?:\\[[^\\]]*]|null)", Pattern.DOTALL);

    /**
     * Beginnings of expected warnings. The client logs them for every message or queue when a subscription starts, is full, is held
     * or drains, when a topic is missing, or when a broker does not answer. The gateway's own log or response already reports the
     * cause, and only once.
     */
    private static final List<String> EXPECTED = List.of(
            "get Topic [{}] RouteInfoFromNameServer is not exist value",
            "updateTopicRouteInfoFromNameServer",
            "Returned Previous MQClientInstance",
            "lock heartBeat, but failed",
            "sending heartbeat, but no consumer",
            "No matched consumer for the PullRequest",
            "processQueue is dropped without process consume result",
            "consumer was paused, execute pull request later",
            "PullMessageServiceScheduledThread has shutdown",
            "the cached message count exceeds the threshold",
            "the cached message size exceeds the threshold",
            "invokeSync: ",
            "invokeAsync: ",
            "invokeOneway: ",
            "remove timeout request",
            "receive response, cmd=",
            "send a request command to channel",
            "write send a request command to channel",
            "async send msg by retry",
            "createChannel",
            "closeChannel",
            "getAndCreateNameserverChannel",
            "Get and create channel of",
            "Channel {} reconnect error",
            "channelWrapper ",
            "invokeImpl receive GO_AWAY",
            "[SCAN] No response after",
            "scanAvailableNameSrv ",
            "[updateChannelLastResponseTime]",
            "NETTY CLIENT PIPELINE: ",
            "send heart beat to broker",
            "sendHeartbeatTo",
            "unregister client ",
            "doRebalance, {}",
            "Compute consume offset",
            "getConsumerIdListByGroup exception",
            // From the Netty of the HTTP server, which logs the same way: a connection arrived while the server was
            // stopping.
            "Failed to register an accepted channel");

    private static final String NOT_TERMINATED = "didn't terminate!";

    /** A warning is logged at most once in this time. Repeats in between are counted, and logged at DEBUG. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final transient Logger target;
    private final transient RepeatedLines repeated = new RepeatedLines(PAUSE, System::nanoTime);

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
        var text = LogText.line(withoutContents(MessageFormatter.basicArrayFormat(pattern, arguments)));
        if (isExpected(pattern, thrown) || translate(level).ordinal() > Logger.Level.WARN.ordinal()) {
            log(isExpected(pattern, thrown) ? Logger.Level.DEBUG : translate(level), text, thrown);
            return;
        }
        var repeats = repeated.next(pattern);
        if (repeats.isEmpty()) {
            log(Logger.Level.DEBUG, text, thrown);
            return;
        }
        var counted = repeats.getAsInt() == 0 ? "" : " (%d more of the same kind since)".formatted(repeats.getAsInt());
        if (thrown != null && isOfTheClient(thrown)) {
            log(translate(level), text + ": " + causes(thrown) + counted, null);
            log(Logger.Level.DEBUG, text, thrown);
        } else {
            log(translate(level), text + counted, thrown);
        }
    }

    private void log(Logger.Level level, String text, @Nullable Throwable thrown) {
        target.log(ClientLogger.class.getName(), level, text, null, thrown);
    }

    private static boolean isExpected(String pattern, @Nullable Throwable thrown) {
        if (has(thrown, SSLHandshakeException.class)) {
            // One side does not trust the certificate of the other: nothing else says why there is no connection.
            return false;
        }
        // The last requests of a consumer that has ended still get their answers.
        return thrown instanceof RejectedExecutionException
                // A broker or name server is away, or the gateway closed the connection: the probe reports it.
                || has(thrown, RemotingException.class)
                || has(thrown, IOException.class) && !has(thrown, SSLException.class)
                || isOfAGroupThatIsGone(thrown)
                || pattern.endsWith(NOT_TERMINATED)
                || EXPECTED.stream().anyMatch(pattern::startsWith);
    }

    /** Whether a broker refused a pull that was still waiting when its consumer left the group. */
    private static boolean isOfAGroupThatIsGone(@Nullable Throwable thrown) {
        return thrown instanceof MQBrokerException refused
                && refused.getResponseCode() == ResponseCode.SUBSCRIPTION_NOT_EXIST;
    }

    /**
     * Whether the type and message of the exception explain the failure. Then its stack trace inside of the client adds nothing.
     */
    private static boolean isOfTheClient(Throwable thrown) {
        return thrown instanceof MQClientException
                || thrown instanceof MQBrokerException
                || has(thrown, SSLHandshakeException.class);
    }

    private static boolean has(@Nullable Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static String causes(Throwable thrown) {
        var said = new StringJoiner(", caused by ");
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            said.add(cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }
        return withoutContents(said.toString().replaceAll("\\s+", " "));
    }

    /** Removes properties and bodies: the client logs the whole message when it cannot send it back. */
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
