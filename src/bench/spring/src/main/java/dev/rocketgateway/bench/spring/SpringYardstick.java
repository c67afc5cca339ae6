package dev.rocketgateway.bench.spring;

import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A Spring Boot application with one controller over one producer, both with their defaults. */
@SpringBootApplication
public class SpringYardstick {

    public static void main(String[] arguments) {
        SpringApplication.run(SpringYardstick.class, arguments);
    }

    @Bean(initMethod = "start", destroyMethod = "shutdown")
    DefaultMQProducer producer(@Value("${namesrv}") String nameServer) {
        var producer = new DefaultMQProducer("spring");
        producer.setNamesrvAddr(nameServer);
        return producer;
    }
}
