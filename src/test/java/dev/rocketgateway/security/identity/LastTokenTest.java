package dev.rocketgateway.security.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.security.Grants;
import dev.rocketgateway.security.Principal;
import io.netty.util.DefaultAttributeMap;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LastTokenTest {

    private static final Identity ALICE = new Identity(new Principal(Principal.Kind.TOKEN, "corp/alice"), Grants.NONE);
    private static final Identity BOB = new Identity(new Principal(Principal.Kind.TOKEN, "corp/bob"), Grants.NONE);

    private final DefaultAttributeMap connection = new DefaultAttributeMap();

    private static Issuer.Verified verified(Identity identity, long expires) {
        return new Issuer.Verified(identity, Instant.ofEpochMilli(expires));
    }

    @Test
    void findsTheCallerOfTheSameTokenUntilItExpires() {
        LastToken.remember(connection, "a.b.c", verified(ALICE, 1_000));

        assertThat(LastToken.find(connection, "a.b.c", 999)).contains(ALICE);
        assertThat(LastToken.find(connection, "a.b.c", 1_000)).isEmpty();
    }

    @Test
    void doesNotKnowAnotherTokenOrAnotherConnection() {
        assertThat(LastToken.find(connection, "a.b.c", 0)).isEmpty();
        LastToken.remember(connection, "a.b.c", verified(ALICE, 1_000));

        assertThat(LastToken.find(connection, "a.b.d", 0)).isEmpty();
        assertThat(LastToken.find(connection, "a.b.", 0)).isEmpty();
        assertThat(LastToken.find(new DefaultAttributeMap(), "a.b.c", 0)).isEmpty();
    }

    @Test
    void keepsOnlyTheLastToken() {
        LastToken.remember(connection, "a.b.c", verified(ALICE, 1_000));
        LastToken.remember(connection, "a.b.d", verified(BOB, 1_000));

        assertThat(LastToken.find(connection, "a.b.c", 0)).isEmpty();
        assertThat(LastToken.find(connection, "a.b.d", 0)).contains(BOB);
    }
}
