package dev.rocketgateway.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.junit.jupiter.api.Test;

class SigningHookTest {

    private Credentials current = new Credentials("k1", "s1", Optional.of("t1"));
    private final SigningHook hook = new SigningHook(() -> current);

    private static RemotingCommand request() {
        var request = RemotingCommand.createRequestCommand(10, null);
        request.addExtField("topic", "orders");
        request.setBody(new byte[] {1, 2, 3});
        return request;
    }

    /** The fields of the request that the client's own hook signs with fixed credentials. */
    private static Map<String, String> signed(SessionCredentials credentials) {
        var request = request();
        new AclClientRPCHook(credentials).doBeforeRequest("broker", request);
        return request.getExtFields();
    }

    @Test
    void signsEachRequestWithTheCurrentCredentials() {
        var first = request();
        hook.doBeforeRequest("broker", first);
        assertThat(first.getExtFields()).isEqualTo(signed(new SessionCredentials("k1", "s1", "t1")));

        current = new Credentials("k2", "s2", Optional.of("t2"));
        var second = request();
        hook.doBeforeRequest("broker", second);
        assertThat(second.getExtFields()).isEqualTo(signed(new SessionCredentials("k2", "s2", "t2")));
    }

    /** The client signs the same request again when it tries it on another broker or connection. */
    @Test
    void leavesNothingOfOldCredentialsInARequestThatIsSignedAgain() {
        var request = request();
        hook.doBeforeRequest("broker", request);

        current = new Credentials("k2", "s2", Optional.empty());
        hook.doBeforeRequest("broker", request);

        assertThat(request.getExtFields()).isEqualTo(signed(new SessionCredentials("k2", "s2")));
    }
}
