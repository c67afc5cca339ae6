/** The training run of the image build: it makes what a later start of the gateway is faster with. No part of a running gateway. */
@NullMarked
package dev.rocketgateway.training;

import org.jspecify.annotations.NullMarked;
