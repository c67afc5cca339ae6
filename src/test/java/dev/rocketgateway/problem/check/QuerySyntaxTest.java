package dev.rocketgateway.problem.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.problem.FieldError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuerySyntaxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a=1",
                "a=",
                "a=1&b=2",
                "a=1&a=2",
                "a=b=c",
                "a=1&&b=2&",
                "a=?",
                "a=;",
                "a=%C3%BC",
                "a=%EF%BF%BD",
                "a=%25"
            })
    void takesAQuery(String query) {
        assertThat(QuerySyntax.faults(query)).isEmpty();
    }

    @Test
    void takesNoQuery() {
        assertThat(QuerySyntax.faults(null)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "?a=1, query, begins with a second",
        "?, query, begins with a second",
        "=x, query, has a parameter without a name: '=x'",
        "=, query, has a parameter without a name: '='",
        "a=1&=x&b=2, query, has a parameter without a name: '=x'",
        "tag, tag, has no value; write tag=<value>",
        "a=1&tag&b=2, tag, has no value",
        "tag&a=1, tag, has no value",
        "a=%FF, query, is not percent-encoded UTF-8",
        "a=%C0%AF, query, is not percent-encoded UTF-8",
        "a=%ED%A0%80, query, is not percent-encoded UTF-8",
        "a=%C3, query, is not percent-encoded UTF-8",
    })
    void refusesAQuery(String query, String field, String fault) {
        var error = QuerySyntax.faults(query).get(0);
        assertThat(error.field()).isEqualTo(field);
        assertThat(error.message()).startsWith(fault);
    }

    @Test
    void findsEveryFault() {
        assertThat(QuerySyntax.faults("tag&=x&key&a=%FF"))
                .extracting(FieldError::field)
                .containsExactly("tag", "query", "key", "query");
    }
}
