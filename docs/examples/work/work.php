<?php
// Works on the messages of a pull subscription: php work.php <subscription>. PHP 8.2 or newer with ext-curl and ext-pcntl.
declare(strict_types=1);

define('GATEWAY', getenv('GATEWAY') ?: 'http://localhost:8080');
define('API_KEY', getenv('GATEWAY_API_KEY') ?: '');
const TIMEOUT = 30; // seconds; more than the 20 s of a receive

$stopping = false;
pcntl_async_signals(true);
foreach ([SIGTERM, SIGINT] as $signal) {
    pcntl_signal($signal, function () use (&$stopping) {
        $stopping = true;
    });
}

/** Returns the status, the document, and the seconds to wait before the next try. */
function post(string $path, array $document = []): array
{
    $headers = ['Content-Type: application/json'];
    if (API_KEY !== '') {
        $headers[] = 'Authorization: Bearer ' . API_KEY;
    }
    $retryAfter = 1;
    $curl = curl_init(GATEWAY . $path);
    curl_setopt_array($curl, [
        CURLOPT_POSTFIELDS => json_encode((object) $document),
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => TIMEOUT,
        CURLOPT_HEADERFUNCTION => function ($curl, string $line) use (&$retryAfter) {
            if (preg_match('/^retry-after: *(\d+)/i', $line, $found)) {
                $retryAfter = (int) $found[1];
            }
            return strlen($line);
        },
    ]);
    $answer = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($answer === false || $status >= 300) {
        fwrite(STDERR, ($answer === false ? curl_error($curl) : $answer) . "\n");
    }
    return [$status, $answer === false ? null : json_decode($answer, true), $retryAfter];
}

/** Your work. A message can come twice: its id is the same each time. */
function work(array $message): void
{
    echo "{$message['id']} {$message['attempt']} " . ($message['body'] ?? '') . "\n";
}

$messages = '/subscriptions/' . rawurlencode($argv[1]) . '/messages';
while (!$stopping) {
    [$status, $received, $seconds] = post("$messages:receive?max=10&wait=20s&visibility=1m");
    if ($status >= 300 && $status < 500 && $status !== 429) {
        exit(1);
    }
    if ($status !== 200) {
        sleep($seconds);
        continue;
    }
    foreach ($received['messages'] as $message) {
        try {
            work($message);
        } catch (Exception $error) { // not acknowledged, so the message comes again when its lease ends
            fwrite(STDERR, $message['id'] . ' ' . $error->getMessage() . "\n");
            continue;
        }
        post("$messages:ack", ['receipts' => [$message['receipt']]]);
    }
}
