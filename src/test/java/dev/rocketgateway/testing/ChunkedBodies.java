package dev.rocketgateway.testing;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Chunked bodies of {@code hello}, and what is wrong with some (RFC 9112, section 7.1); {@code |} is CR LF. */
public final class ChunkedBodies {

    public static final List<String> WELL_FORMED = List.of(
            "5|hello|0||",
            "05|hello|00||",
            "0000000000000000000000005|hello|00000000000000000000||",
            "2|he|3|llo|0||",
            "1|h|1|e|1|l|2|lo|0||",
            "5;a=b|hello|0;c||",
            "5;a|hello|0||",
            "5;a;b=c;d|hello|0||",
            "5 ;a|hello|0||",
            "5\t ; \ta = \t b|hello|0 ;c||",
            "5;a=\"b c\"|hello|0||",
            "5;a=\"\"|hello|0||",
            "5;a=\";0\\\"\"|hello|0||",
            "5;a=\"b\" ;c|hello|0||",
            "5;!#$%&'*+-.^_`|~1=a|hello|0||".replace("`|~", "`~"),
            "5|hello|0|x: y||",
            "5|hello|0|x:||",
            "5|hello|0|x:y|z: \ta b\u00fc\t||",
            // What a trailer says of the message is not asked, so that no trailer can change it.
            "5|hello|0|Content-Length: 9||",
            "5|hello|0|Transfer-Encoding: gzip||",
            "5|hello|0|Host: y||",
            "5|hello|0|RocketMQ-Tag: t||");

    private static final Map<String, List<String>> MALFORMED = Map.of(
            "A chunk size must be",
            List.of(
                    // The line of a size begins with hexadecimal digits.
                    "|hello|0||",
                    "\nhello|0||",
                    "\r5|hello|0||",
                    "\n5|hello|0||",
                    " 5|hello|0||",
                    "\t5|hello|0||",
                    "\u000b5|hello|0||",
                    "\u00005|hello|0||",
                    "zz|hello|0||",
                    "g|hello|0||",
                    "0x5|hello|0||",
                    "+5|hello|0||",
                    "-5|hello|0||",
                    "-0||",
                    ";a|hello|0||",
                    "5x|hello|0||",
                    "5,|hello|0||",
                    "5_|hello|0||",
                    "5.0|hello|0||",
                    "\"5\"|hello|0||",
                    "\u0665|hello|0||",
                    "\u00b2|hello|0||",
                    // No number of bits is exceeded.
                    "80000000|hello|0||",
                    "100000005|hello|0||",
                    "10000000000000005|hello|0||",
                    "fffffffffffffffb|hello|0||",
                    "10000000000000000005|hello|0||",
                    // The line ends with CR LF.
                    "5\nhello|0||",
                    "5\rhello|0||",
                    "5\rX|hello|0||",
                    "5\r\r\nhello|0||",
                    "5\u0000|hello|0||",
                    "5\u000b|hello|0||",
                    "5\u000c|hello|0||",
                    "5\u007f|hello|0||",
                    "5\u0085|hello|0||",
                    "5\u00a0|hello|0||",
                    // So does the line of the last chunk.
                    "5|hello|\n0||",
                    "5|hello| 0||",
                    "5|hello|0x||",
                    "5|hello|-0||",
                    "5|hello|0\n|",
                    "5|hello|0\n\n",
                    "5|hello|0\rx||",
                    // A chunk ends where its size says.
                    "5|hello||0||"),
            "A chunk extension must be",
            List.of(
                    "5 5|hello|0||",
                    "5 |hello|0||",
                    "5\t|hello|0||",
                    "5\tx|hello|0||",
                    "5 \nhello|0||",
                    "5|hello|0 ||",
                    "5|hello|0 0||",
                    "5|hello|0;||",
                    "5;|hello|0||",
                    "5; |hello|0||",
                    "5;;a|hello|0||",
                    "5;=b|hello|0||",
                    "5;a |hello|0||",
                    "5;a b|hello|0||",
                    "5;a,b|hello|0||",
                    "5;\u00fc|hello|0||",
                    "5;a=|hello|0||",
                    "5;a=b |hello|0||",
                    "5;a=b c|hello|0||",
                    "5;a=b=c|hello|0||",
                    "5;a=;b|hello|0||",
                    "5;a=\"b|hello|0||",
                    "5;a=\"b\"c|hello|0||",
                    "5;a=\"b\\|hello|0||",
                    "5;a=\"b\u0000\"|hello|0||",
                    "5;a=\"b\\\u007f\"|hello|0||",
                    "5;a=\u00fc|hello|0||",
                    // An extension has no line ends.
                    "5;a\nhello|0||",
                    "5;\nxx|hello|0||",
                    "5;a=b\nhello|0||",
                    "5;a=\"b\nc\"|hello|0||",
                    "5;a\u0000|hello|0||"),
            "The data of a chunk must have",
            List.of(
                    "5|hello\n0||",
                    "5|hello\r0||",
                    "5|hello\r\r\n0||",
                    "5|hello\n\n0||",
                    "5|helloXX0||",
                    "5|hello0||",
                    "5|helloooo|0||",
                    "6|hello|0||",
                    "4|hello|0||",
                    "5|hello |0||"),
            "A trailer must be",
            List.of(
                    "5|hello|0|\n",
                    "5|hello|0|\rx",
                    "5|hello|0|no colon||",
                    "5|hello|0| x: y||",
                    "5|hello|0|x : y||",
                    "5|hello|0|x: y| folded||",
                    "5|hello|0|: y||",
                    "5|hello|0|\u00fc: y||",
                    "5|hello|0|x\u0000: y||",
                    "5|hello|0|x: a\u0000b||",
                    "5|hello|0|x: a\u007fb||",
                    "5|hello|0|x: a\rb||",
                    "5|hello|0|x: a\nb: c||",
                    "5|hello|0|x: a\n|",
                    "5|hello|0|x: a|\n"));

    private ChunkedBodies() {}

    /** A body, and the beginning of the sentence that names its fault. */
    public static Stream<Arguments> malformed() {
        return MALFORMED.entrySet().stream()
                .flatMap(fault -> fault.getValue().stream().map(body -> Arguments.of(body, fault.getKey())));
    }
}
