package dev.rocketgateway.webhook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each handler passes on. {@code WebhookHeadsIT} has the same with real endpoints. */
class InterimResponsesTest {

    private final EmbeddedChannel http1 = new EmbeddedChannel(new InterimResponses.OfHttp1());

    private static DefaultHttpResponse head(int status) {
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 110, 199})
    void dropsAnInterimResponseAndItsEnd(int status) {
        http1.writeInbound(head(status), new DefaultLastHttpContent(), head(200));

        assertThat(http1.<DefaultHttpResponse>readInbound().status().code()).isEqualTo(200);
        assertThat(http1.<Object>readInbound()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 200, 204, 404, 500})
    void passesOnAFinalResponse(int status) {
        var end = new DefaultLastHttpContent();
        http1.writeInbound(head(status), end);

        assertThat(http1.<DefaultHttpResponse>readInbound().status().code()).isEqualTo(status);
        assertThat(http1.<Object>readInbound()).isSameAs(end);
    }

    @Test
    void passesOnAFaultOfTheDecoder() {
        var unreadable = head(100);
        unreadable.setDecoderResult(DecoderResult.failure(new IOException("not HTTP")));
        var fault = new DefaultLastHttpContent();
        fault.setDecoderResult(DecoderResult.failure(new IOException("not HTTP")));
        http1.writeInbound(unreadable, head(100), fault, head(200));

        assertThat(http1.<Object>readInbound()).isSameAs(unreadable);
        assertThat(http1.<Object>readInbound()).as("the fault of what follows").isSameAs(fault);
        assertThat(http1.<DefaultHttpResponse>readInbound().status().code()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "100, false, false",
        "103, false, false",
        "100, true,  true",
        "101, false, true",
        "200, false, true",
        "204, true,  true",
        "1,   false, true",
        "'',  false, true"
    })
    void dropsHeadersOfAnInterimResponseOnly(String status, boolean end, boolean passed) throws Http2Exception {
        var read = new ArrayList<Http2Headers>();
        var listener = new InterimResponses.OfHttp2(new Http2FrameAdapter() {
            @Override
            public void onHeadersRead(
                    ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean last) {
                read.add(headers);
            }

            @Override
            public void onHeadersRead(
                    ChannelHandlerContext context,
                    int stream,
                    Http2Headers headers,
                    int dependency,
                    short weight,
                    boolean exclusive,
                    int padding,
                    boolean last) {
                read.add(headers);
            }
        });
        var headers = new DefaultHttp2Headers(false);
        if (!status.isEmpty()) {
            headers.status(status);
        }
        var context = http1.pipeline().firstContext();

        listener.onHeadersRead(context, 3, headers, 0, end);
        listener.onHeadersRead(context, 3, headers, 0, (short) 16, false, 0, end);

        assertThat(read).isEqualTo(passed ? List.of(headers, headers) : List.of());
    }
}
