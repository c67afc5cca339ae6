package dev.rocketgateway.subscription.document;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a setting of a subscription is in JSON, and whether it must be there. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Field {

    /** The types of JSON values. */
    enum Type {
        TEXT,
        NUMBER,
        BOOLEAN
    }

    /** That of the value; of each element where it is a list. */
    Type value() default Type.TEXT;

    /** Whether there is no subscription without it. */
    boolean required() default false;
}
