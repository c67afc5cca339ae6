/** Pull subscriptions: leases, their receipts, and callers that wait. Knows no JSON and no paths. */
@NullMarked
package dev.rocketgateway.deliver.lease;

import org.jspecify.annotations.NullMarked;
