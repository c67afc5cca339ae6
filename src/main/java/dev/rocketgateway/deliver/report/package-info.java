/** Reports on deliveries: log, meters, the history of attempts, and events for operators. */
@NullMarked
package dev.rocketgateway.deliver.report;

import org.jspecify.annotations.NullMarked;
