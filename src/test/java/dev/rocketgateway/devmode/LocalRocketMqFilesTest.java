package dev.rocketgateway.devmode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRocketMqFilesTest {

    @TempDir
    private Path directory;

    private Path topics;
    private LocalRocketMqFiles files;

    @BeforeEach
    void findFiles() {
        topics = directory.resolve("store/config/topics.json");
        files = new LocalRocketMqFiles(directory);
    }

    private JsonNode table() throws IOException {
        return new ObjectMapper().readTree(topics.toFile()).path("topicConfigTable");
    }

    @Test
    void writesTheTopicsOfANewBroker() throws IOException {
        files.addTopics(List.of("a", "b"), 4);

        assertThat(table().properties().stream()
                        .map(topic -> topic.getValue().path("topicName").asText()))
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void addsTopicsToThoseTheBrokerKnows() throws IOException {
        Files.createDirectories(topics.getParent());
        Files.writeString(topics, """
                {
                	"dataVersion":{"counter":7},
                	"topicConfigTable":{
                		"made":{
                			"readQueueNums":8,
                			"topicName":"made"
                		}
                	}
                }""");

        files.addTopics(Set.of("made", "new"), 4);

        assertThat(table().size()).isEqualTo(2);
        assertThat(table().path("made").path("readQueueNums").asInt()).isEqualTo(8);
        assertThat(table().path("new").path("readQueueNums").asInt()).isEqualTo(4);
    }

    @Test
    void leavesTheFileAloneWhereNoTopicIsMissing() throws IOException {
        files.addTopics(List.of("a"), 4);
        var before = Files.readString(topics);

        files.addTopics(List.of("a"), 8);

        assertThat(topics).hasContent(before);
    }
}
