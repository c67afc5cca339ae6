package dev.rocketgateway.publish.single;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesRouteTest {

    @ParameterizedTest
    @ValueSource(strings = {"demo", "a", "_", "not=a=topic", "a.b", "messages", "Ä"})
    void takesWhatIsBetween(String topic) {
        assertThat(MessagesRoute.plainTopic("/topics/" + topic + "/messages")).isEqualTo(topic);
    }

    /** The REST layer decodes what is encoded, and knows of parameters in paths, of slashes at their end, and of other resources. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/topics/a%20b/messages",
                "/topics/a;b=c/messages",
                "/topics/a/b/messages",
                "/topics/a/messages/",
                "/topics/a/messages:batch",
                "/topics//messages",
                "/topics/messages",
                "/topics/",
                "/topics",
                "/topic/a/messages",
                "/",
                "/gateway/topics/a/messages",
            })
    void leavesAllElseToTheRestLayer(String path) {
        assertThat(MessagesRoute.plainTopic(path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/vnd.acme.order-v1.2+json",
                "text/plain;charset=utf-8",
                "text/plain; charset=UTF-8; format=flowed",
            })
    void takesBodiesOfPlainTypes(String contentType) {
        assertThat(MessagesRoute.isPlainType(contentType)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text",
                "text/",
                "/plain",
                "text/plain/more",
                "text plain",
                "text/plain;",
                "text/plain;charset",
                "text/plain;charset=\"utf-8\"",
                "*/*;",
            })
    void leavesToTheRestLayerWhatMayBeNoType(String contentType) {
        assertThat(MessagesRoute.isPlainType(contentType)).isFalse();
    }

    @Test
    void takesABodyOfNoType() {
        assertThat(MessagesRoute.isPlainType(null)).isTrue();
    }
}
