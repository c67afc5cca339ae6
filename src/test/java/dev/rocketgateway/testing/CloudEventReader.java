package dev.rocketgateway.testing;

import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.core.message.impl.BaseGenericBinaryMessageReaderImpl;
import io.cloudevents.core.message.impl.GenericStructuredMessageReader;
import io.cloudevents.core.message.impl.MessageUtils;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A native reader of the CloudEvents binding for RocketMQ, built on the Java SDK as its own (which is in no registry) is:
 * {@code CE_contenttype} decides the mode, {@code CE_<name>} are the attributes, and one zero byte is no data.
 */
public final class CloudEventReader {

    private CloudEventReader() {}

    public static CloudEvent read(NativeClient.Stored message) {
        var contentType = message.properties().get("CE_contenttype");
        return MessageUtils.parseStructuredOrBinaryMessage(
                        () -> contentType,
                        format -> new GenericStructuredMessageReader(format, message.body()),
                        () -> message.properties().get("CE_specversion"),
                        version -> new Binary(version, message.properties(), contentType, message.body()))
                .toEvent();
    }

    private static final class Binary extends BaseGenericBinaryMessageReaderImpl<String, String> {

        private final Map<String, String> properties;
        private final String contentType;

        Binary(SpecVersion version, Map<String, String> properties, String contentType, byte[] body) {
            super(version, body.length == 1 && body[0] == 0 ? null : BytesCloudEventData.wrap(body));
            this.properties = properties;
            this.contentType = contentType;
        }

        @Override
        protected boolean isContentTypeHeader(String key) {
            return key.equals("CE_contenttype");
        }

        @Override
        protected boolean isCloudEventsHeader(String key) {
            return key.startsWith("CE_") && key.length() > 3;
        }

        @Override
        protected String toCloudEventsKey(String key) {
            return key.substring(3);
        }

        @Override
        protected void forEachHeader(BiConsumer<String, String> each) {
            if (contentType != null) {
                each.accept("CE_contenttype", contentType);
            }
            properties.forEach(each);
        }

        @Override
        protected String toCloudEventsValue(String value) {
            return value;
        }
    }
}
