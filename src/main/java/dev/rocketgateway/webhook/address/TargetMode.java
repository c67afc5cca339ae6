package dev.rocketgateway.webhook.address;

/** The addresses that webhooks may go to without an exemption. */
public enum TargetMode {
    /** Addresses of the cluster and of the internet. */
    CLUSTER,
    /** Addresses of the internet. */
    PUBLIC_ONLY,
    /** No address: every target needs an exemption. */
    ALLOWLIST
}
