/** Holds the image and the Kubernetes manifests to the application they run. */
@NullMarked
package dev.rocketgateway.k8s;

import org.jspecify.annotations.NullMarked;
