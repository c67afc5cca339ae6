/**
 * Traces of OpenTelemetry: the spans of requests, messages and webhooks, and their export. Off until an exporter is configured; then
 * nothing here does any work.
 */
@NullMarked
package dev.rocketgateway.tracing;

import org.jspecify.annotations.NullMarked;
