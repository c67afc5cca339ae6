package dev.rocketgateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The webhook in the README is signed with the secret that the README shows. */
class ReadmeSignatureTest {

    private static final String README = Page.of("README.md").text();

    private static String first(String pattern) {
        var matcher = Pattern.compile(pattern).matcher(README);
        if (!matcher.find()) {
            throw new AssertionError("the README has no " + pattern);
        }
        return matcher.group(1);
    }

    @Test
    void theSignatureShownIsThatOfTheWebhookShown() throws WebhookSigningException {
        var body = first("(?s)POST /hooks/orders HTTP/1.1.*?\\n\\n(.*?)\\n```");
        var secret = first("\"secret\":\"(whsec_[^\"]+)\"");

        var signature = new Webhook(secret)
                .sign(first("webhook-id: (\\S+)"), Long.parseLong(first("webhook-timestamp: (\\d+)")), body);

        assertThat(first("webhook-signature: (\\S+)")).isEqualTo(signature);
    }
}
