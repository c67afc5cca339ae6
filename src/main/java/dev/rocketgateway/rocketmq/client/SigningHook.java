package dev.rocketgateway.rocketmq.client;

import java.util.function.Supplier;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** Signs each request to RocketMQ with the credentials that are in use at that moment. Called by many threads. */
final class SigningHook implements RPCHook {

    private final Supplier<Credentials> credentials;

    SigningHook(Supplier<Credentials> credentials) {
        this.credentials = credentials;
    }

    @Override
    public void doBeforeRequest(String remoteAddr, RemotingCommand request) {
        // The client signs a request again when it repeats it, maybe with keys that have no token any more.
        if (request.getExtFields() != null) {
            request.getExtFields().remove(SessionCredentials.SECURITY_TOKEN);
        }
        new AclClientRPCHook(credentials.get().forClient()).doBeforeRequest(remoteAddr, request);
    }

    @Override
    public void doAfterResponse(String remoteAddr, RemotingCommand request, RemotingCommand response) {}
}
