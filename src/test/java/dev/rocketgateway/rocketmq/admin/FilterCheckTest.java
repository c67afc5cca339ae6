package dev.rocketgateway.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterCheckTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "org.apache.rocketmq.filter.parser.ParseException: Encountered \"<EOF>\" at line 1, column 4.~Was expecting one of:~    <FLOATING_POINT_LITERAL> ... | Encountered \"<EOF>\" at line 1, column 4",
                "Parse error:Encountered \" \"=\" \"= \"\" at line 1, column 9. Was expecting one of: <STRING_LITERAL> | Encountered \" \"=\" \"= \"\" at line 1, column 9",
                "org.apache.rocketmq.filter.parser.TokenMgrError: Lexical error at line 1, column 13.  Encountered: <EOF> after : \"'eu\" | Lexical error at line 1, column 13. Encountered: <EOF> after : \"'eu\"",
                "The broker does not support consumer to filter message by SQL92 | The broker does not support consumer to filter message by SQL92",
                "java.lang.IllegalStateException: no | no",
                "org.apache.rocketmq.filter.expression.MQFilterException: Invalid~MessageSelector. | Invalid MessageSelector.",
            })
    void keepsWhatTheParserMetAndWhere(String said, String kept) {
        assertThat(FilterCheck.words(said.replace('~', '\n'))).isEqualTo(kept);
    }

    @Test
    void cutsWhatIsLong() {
        assertThat(FilterCheck.words("x".repeat(1000))).hasSize(201).endsWith("…");
    }
}
