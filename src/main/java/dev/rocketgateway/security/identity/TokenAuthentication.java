package dev.rocketgateway.security.identity;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.ProblemAnswers;
import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;

/**
 * Finds the caller of a request with a token.
 *
 * <pre>
 *   the last token of the connection ──▶ its caller
 *   a token that was verified before ──▶ its caller, found by the SHA-256 of the token
 *   another token ──▶ verified on another thread; the body of the request is paused in that time
 * </pre>
 * Used on the event loop of the request.
 */
final class TokenAuthentication {

    private static final Logger LOG = Logger.getLogger(TokenAuthentication.class);

    private final Tokens tokens;
    private final Executor threads;
    private final Vertx vertx;

    /**
     * @param threads verify tokens; they may refuse work
     */
    TokenAuthentication(Tokens tokens, Executor threads, Vertx vertx) {
        this.tokens = tokens;
        this.threads = threads;
        this.vertx = vertx;
    }

    /** Continues a request after its token was verified. Both methods are called on the event loop of the request. */
    interface Next {

        void proceed(RoutingContext context, Identity identity);

        void refuse(RoutingContext context, InvalidCredentialsException fault);
    }

    /** Calls {@code next}, or sends the problem if the token cannot be verified now. */
    void authenticate(RoutingContext context, String token, Next next) {
        var connection = connection(context);
        var last = LastToken.find(connection, token, System.currentTimeMillis());
        if (last.isPresent()) {
            next.proceed(context, last.get());
            return;
        }
        var hash = ApiKey.hash(token);
        var remembered = tokens.remembered(hash);
        if (remembered.isPresent()) {
            LastToken.remember(connection, token, remembered.get());
            next.proceed(context, remembered.get().identity());
            return;
        }
        var eventLoop = vertx.getOrCreateContext();
        context.request().pause();
        try {
            threads.execute(() -> {
                var then = verified(context, hash, token, next);
                eventLoop.runOnContext(now -> then.run());
            });
        } catch (RejectedExecutionException e) {
            ProblemAnswers.fail(context, unavailable("Too many tokens are being verified. Try again later."));
        }
    }

    /** Verifies the token, and returns the next step, which must run on the event loop. */
    private Runnable verified(RoutingContext context, ByteBuffer hash, String token, Next next) {
        try {
            var verified = tokens.verify(hash, token);
            return () -> {
                LastToken.remember(connection(context), token, verified);
                next.proceed(context, verified.identity());
            };
        } catch (InvalidCredentialsException e) {
            return () -> next.refuse(context, e);
        } catch (KeysUnavailableException e) {
            LOG.warnf("tokens cannot be verified: %s reason=%s", e.getMessage(), String.valueOf(e.getCause()));
            return () -> ProblemAnswers.fail(
                    context,
                    unavailable(
                            "The token cannot be verified now, because the keys of its issuer cannot be read. Try again later."));
        } catch (RuntimeException | Error bug) {
            return () -> ProblemAnswers.fail(context, bug);
        }
    }

    private static GatewayException unavailable(String detail) {
        return GatewayException.of(ProblemType.ISSUER_UNAVAILABLE, detail);
    }

    private static Channel connection(RoutingContext context) {
        return ((ConnectionBase) context.request().connection()).channel();
    }
}
