package dev.rocketgateway.devmode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagementPortTest {

    @AfterEach
    void forget() {
        System.clearProperty(KeptOverReloads.MANAGEMENT_PORT.property());
    }

    @Test
    void choosesAFreePort() {
        ManagementPort.choose();

        assertThat(KeptOverReloads.MANAGEMENT_PORT.get()).matches("[1-9]\\d{3,4}");
    }

    @Test
    void keepsThePortOfTheServerThatOutlivesALiveReload() {
        KeptOverReloads.MANAGEMENT_PORT.put("12345");

        ManagementPort.choose();

        assertThat(KeptOverReloads.MANAGEMENT_PORT.get()).isEqualTo("12345");
    }
}
