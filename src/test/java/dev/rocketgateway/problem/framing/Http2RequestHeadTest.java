package dev.rocketgateway.problem.framing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http2RequestHeadTest {

    private static @Nullable String fault(String fields) {
        // Without the checks of Netty, which differ between its versions.
        var headers = new DefaultHttp2Headers(false);
        for (var field : fields.split("\\|")) {
            int equals = field.indexOf('=');
            headers.add(new AsciiString(field.substring(0, equals)), new AsciiString(field.substring(equals + 1)));
        }
        return Http2RequestHead.fault(headers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method=POST|:scheme=http|:path=/a?b|:authority=x",
                ":method=POST|:scheme=HTTPS|:path=/|:authority=[::1]:80|host=[::1]:80",
                ":method=GET|:scheme=http|:path=/|host=x:80",
                ":method=OPTIONS|:scheme=http|:path=*|:authority=x",
                ":method=GET|:scheme=http|:path=/|:authority=x|a-!#$%&'*+.^_`~1=b c\td|e=",
                "trailer=a",
            })
    void findsNoFault(String fields) {
        assertThat(fault(fields)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                ":method=GET|:scheme=http|:path=/|:authority=x|a b=c > The name of a header has a character",
                "a(b)=c > The name of a header has a character",
                ":method=GET|:scheme=http|:path=/|:authority=x|a= b > The value of 'a' has",
                ":method=GET|:scheme=http|:path=/|:authority=x|a=b\u007f > The value of 'a' has",
                ":method=GET|:scheme=http|:path=/|:authority=x|a=b |c=d > The value of 'a' has",
                ":method=GET|:scheme=http|:path=/\t|:authority=x > The value of ':path' has",
                ":method=GET|:scheme=http|:path=/|:authority=x|:protocol=a > :protocol is not supported",
                ":method=CONNECT|:authority=x > :method must be an HTTP method",
                ":method=G T|:scheme=http|:path=/|:authority=x > :method must be an HTTP method",
                ":method=GET|:path=/|:authority=x > :scheme must be http or https",
                ":method=GET|:scheme=ftp|:path=/|:authority=x > :scheme must be http or https",
                ":method=GET|:scheme=http|:authority=x > :path must begin with '/'",
                ":method=GET|:scheme=http|:path=*|:authority=x > :path must begin with '/'",
                ":method=GET|:scheme=http|:path=http://x/|:authority=x > :path must begin with '/'",
                ":method=GET|:scheme=http|:path=/ > The request must have :authority",
                ":method=GET|:scheme=http|:path=/|host=x|host=x > The request must have :authority",
                ":method=GET|:scheme=http|:path=/|:authority=x|host=x|host=x > The request must have :authority",
                ":method=GET|:scheme=http|:path=/|:authority=a@x > :authority must be a host name",
                ":method=GET|:scheme=http|:path=/|:authority=a@x|host=x > :authority must be a host name",
                ":method=GET|:scheme=http|:path=/|:authority=:80 > :authority must be a host name",
                ":method=GET|:scheme=http|:path=/|host=x/y > :authority must be a host name",
            })
    void findsTheFault(String fields, String fault) {
        assertThat(fault(fields)).startsWith(fault);
    }
}
