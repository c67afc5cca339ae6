/** The training run of the image build. It writes the files with which the gateway starts faster. A running gateway does not use it. */
@NullMarked
package dev.rocketgateway.training;

import org.jspecify.annotations.NullMarked;
