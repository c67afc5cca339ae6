package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.webhook.AnswerBody;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * What an endpoint says of the single messages of a batch it took:
 * {@code {"batchItemFailures":[{"itemIdentifier":"<message id>"}]}}, in a 2xx answer. The form is that of AWS Lambda's partial
 * batch responses, which libraries for many languages already write.
 *
 * <p>A message that failed is lost if its failure is overlooked. So an answer that may name failures and cannot be read is not
 * taken for one that names none.
 *
 * <pre>
 * the body                                                   | names
 * -----------------------------------------------------------|------------------------------
 * is empty                                                   | no failures
 * has a content coding, or part of a JSON body is missing    | nobody can tell
 * is of another type than JSON and does not look like JSON   | no failures: the status decides
 * is JSON                                                    | see {@link FailureList}
 * is anything else                                           | nobody can tell
 * </pre>
 */
sealed interface PartialFailures {

    /**
     * These failed and no others.
     *
     * @param ids may be empty
     */
    record Named(Set<String> ids) implements PartialFailures {}

    /**
     * Some may have failed, and nobody can tell which.
     *
     * @param why continues "its body …", for people
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

    /** A byte order mark may come before it; and the name of the list may be anywhere, as in a call of JSONP. */
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
