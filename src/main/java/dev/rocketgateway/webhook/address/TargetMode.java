package dev.rocketgateway.webhook.address;

/** What may be a target besides what the operator exempts. */
public enum TargetMode {
    /** Addresses of the cluster and of the internet. */
    CLUSTER,
    /** Addresses of the internet. */
    PUBLIC_ONLY,
    /** Nothing. */
    ALLOWLIST
}
