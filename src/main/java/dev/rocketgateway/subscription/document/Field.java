package dev.rocketgateway.subscription.document;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Declares the JSON type of a setting of a subscription, and whether it is required. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Field {

    /** The types of JSON values. */
    enum Type {
        TEXT,
        NUMBER,
        BOOLEAN
    }

    /** The type of the value, or of each element of a list. */
    Type value() default Type.TEXT;

    /** Whether the field is required. */
    boolean required() default false;
}
