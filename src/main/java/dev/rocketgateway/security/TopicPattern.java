package dev.rocketgateway.security;

import java.util.regex.Pattern;

/**
 * A pattern for the topics of a rule: a topic name in which {@code *} stands for any number of characters, including none.
 *
 * @param text such as {@code orders-*}
 */
public record TopicPattern(String text) {

    private static final Pattern LEGAL = Pattern.compile("[%|a-zA-Z0-9_*-]{1,127}");

    static final TopicPattern ALL = new TopicPattern("*");

    /**
     * @throws IllegalArgumentException if the pattern is empty or too long, or has characters that no topic name can have; the
     *     message says what to write
     */
    public TopicPattern {
        if (!LEGAL.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "write a topic name, in which * stands for any characters, such as orders-*");
        }
    }

    /** Whether the pattern matches the topic. Upper and lower case differ. */
    boolean matches(String topic) {
        int inPattern = 0;
        int inTopic = 0;
        int afterStar = -1;
        int retry = 0;
        while (inTopic < topic.length()) {
            if (inPattern < text.length() && text.charAt(inPattern) == '*') {
                afterStar = ++inPattern;
                retry = inTopic;
            } else if (inPattern < text.length() && text.charAt(inPattern) == topic.charAt(inTopic)) {
                inPattern++;
                inTopic++;
            } else if (afterStar >= 0) {
                // The last star takes one more character.
                inPattern = afterStar;
                inTopic = ++retry;
            } else {
                return false;
            }
        }
        while (inPattern < text.length() && text.charAt(inPattern) == '*') {
            inPattern++;
        }
        return inPattern == text.length();
    }

    @Override
    public String toString() {
        return text;
    }
}
