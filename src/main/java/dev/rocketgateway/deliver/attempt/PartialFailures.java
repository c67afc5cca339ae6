package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.webhook.AnswerBody;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * The failures that an endpoint reports for single messages of a batch that it accepted: {@code
 * {"batchItemFailures":[{"itemIdentifier":"<message id>"}]}}, in a 2xx response. The format is that of AWS Lambda's partial batch
 * responses, which libraries for many languages support.
 *
 * <p>If the gateway overlooked a failure, the message would be lost. So an unreadable response that may name failures does not
 * count as a response without failures.
 *
 * <pre>
 * the body                                                 | the response
 * ---------------------------------------------------------|--------------------------------------
 * is empty                                                 | names no failures
 * has a content coding, or part of a JSON body is missing  | is unreadable
 * is of another type than JSON and does not look like JSON | names no failures: the status decides
 * is JSON                                                  | see {@link FailureList}
 * is anything else                                         | is unreadable
 * </pre>
 */
sealed interface PartialFailures {

    /**
     * Exactly these messages failed.
     *
     * @param ids may be empty
     */
    record Named(Set<String> ids) implements PartialFailures {}

    /**
     * Some messages may have failed, but the response does not say which.
     *
     * @param why the reason in words, as the continuation of "its body …"
     */
    record Unreadable(String why) implements PartialFailures {}

    static PartialFailures in(WebhookOutcome outcome) {
        return outcome instanceof WebhookOutcome.Answered answer ? in(answer.content()) : new Named(Set.of());
    }

    private static PartialFailures in(AnswerBody body) {
        if (body.bytes().length == 0 && body.whole()) {
            return new Named(Set.of());
        }
        var coding = body.coding().strip();
        if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
            return new Unreadable("has a Content-Encoding, although the request sent Accept-Encoding: identity");
        }
        var text = new String(body.bytes(), StandardCharsets.UTF_8).strip();
        boolean typed = !body.type().isBlank() && !lower(body.type()).contains("octet-stream");
        if (typed && !lower(body.type()).contains("json") && !looksLikeJson(text)) {
            return new Named(Set.of());
        }
        if (!body.whole()) {
            return new Unreadable("is incomplete");
        }
        if (!isUtf8(body.bytes())) {
            return new Unreadable("is not UTF-8");
        }
        return typed && lower(body.type()).contains("json") || looksLikeJson(text)
                ? FailureList.read(text)
                : new Named(Set.of());
    }

    /**
     * Whether the text may be JSON: it begins like JSON or with a byte order mark, or it contains the name of the list, as a JSONP
     * call does.
     */
    private static boolean looksLikeJson(String text) {
        return !text.isEmpty() && "{[\"\uFEFF".indexOf(text.charAt(0)) >= 0
                || lower(text).contains(lower(FailureList.NAME));
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
