<?php
// Publishes to the RocketMQ HTTP Gateway: php publish.php [topic]. PHP 8.2 or newer with ext-curl.
declare(strict_types=1);

define('GATEWAY', getenv('GATEWAY') ?: 'http://localhost:8080');
define('API_KEY', getenv('GATEWAY_API_KEY') ?: '');
const TIMEOUT = 10; // seconds; more than the gateway waits for its broker
const TRIES = 5;

/** Every try is the same request with the same Idempotency-Key, by which receivers tell a repeat. */
function post(string $path, array $query, string $body, array $headers): array
{
    if (API_KEY !== '') {
        $headers[] = 'Authorization: Bearer ' . API_KEY;
    }
    $curl = curl_init(GATEWAY . $path . '?' . http_build_query($query));
    curl_setopt_array($curl, [
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => TIMEOUT,
    ]);
    for ($attempt = 0; ; $attempt++) {
        $answer = curl_exec($curl);
        $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        if ($answer !== false && $status < 300) {
            return json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
        }
        $problem = $answer === false
            ? ['code' => 'no-answer', 'detail' => curl_error($curl), 'retryable' => true]
            : problem_of($answer, $status, (string) curl_getinfo($curl, CURLINFO_CONTENT_TYPE));
        if (!$problem['retryable'] || $attempt === TRIES - 1) {
            throw new RuntimeException("{$problem['code']}: {$problem['detail']}");
        }
        $seconds = curl_getinfo($curl, CURLINFO_RETRY_AFTER) ?: 0.5 * 2 ** $attempt;
        usleep((int) ($seconds * random_int(1_000_000, 2_000_000)));
    }
}

function problem_of(string $answer, int $status, string $type): array
{
    if (str_starts_with($type, 'application/problem+json')) {
        return json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
    }
    // The answer is that of a proxy before the gateway.
    return ['code' => $status, 'detail' => 'no problem document', 'retryable' => in_array($status, [502, 503, 504], true)];
}

try {
    $messages = '/topics/' . rawurlencode($argv[1] ?? 'demo') . '/messages';
    $sent = post(
        $messages,
        ['tag' => 'created', 'key' => 'order-42', 'property.city' => 'Zürich'],
        json_encode(['order' => 42]),
        ['Content-Type: application/json', 'Idempotency-Key: ' . bin2hex(random_bytes(16))],
    );
    echo $sent['msgId'], "\n";

    // Query and headers hold for all lines, so what tells a repeated line stands in the line.
    $line = fn(int $order): string => json_encode(['id' => bin2hex(random_bytes(16)), 'order' => $order]) . "\n";
    $lines = implode(array_map($line, [43, 44, 45]));
    $batch = post("$messages:batch", ['tag' => 'created'], $lines, ['Content-Type: application/x-ndjson']);
    foreach ($batch['results'] as $result) {
        if ($result['status'] >= 400) {
            throw new RuntimeException("line {$result['index']}: {$result['detail']}");
        }
    }
    echo $batch['accepted'], " lines\n";
} catch (RuntimeException | JsonException $e) {
    fwrite(STDERR, $e->getMessage() . "\n");
    exit(1);
}
