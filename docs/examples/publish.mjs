// Publishes to the RocketMQ HTTP Gateway: node publish.mjs [topic]. Node 18 or newer, nothing to install.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const GATEWAY = process.env.GATEWAY ?? 'http://localhost:8080';
const API_KEY = process.env.GATEWAY_API_KEY;
const TIMEOUT = 10_000; // milliseconds; more than the gateway waits for its broker
const TRIES = 5;

/** Every try is the same request with the same Idempotency-Key, by which receivers tell a repeat. */
async function post(path, query, body, headers) {
  const url = `${GATEWAY}${path}?${new URLSearchParams(query)}`;
  if (API_KEY) headers = { ...headers, Authorization: `Bearer ${API_KEY}` };
  for (let attempt = 0; ; attempt++) {
    let problem;
    let retryAfter;
    try {
      const answer = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(TIMEOUT) });
      if (answer.ok) return await answer.json();
      problem = await problemOf(answer);
      retryAfter = Number(answer.headers.get('Retry-After'));
    } catch (error) {
      // no answer, or none in time
      problem = { code: 'no-answer', detail: error.cause?.message ?? error.message, retryable: true };
    }
    if (!problem.retryable || attempt === TRIES - 1) throw new Error(`${problem.code}: ${problem.detail}`);
    const seconds = retryAfter || 0.5 * 2 ** attempt;
    await sleep(1000 * seconds * (1 + Math.random()));
  }
}

async function problemOf(answer) {
  if (answer.headers.get('Content-Type')?.startsWith('application/problem+json')) return answer.json();
  // The answer is that of a proxy before the gateway.
  return { code: answer.status, detail: answer.statusText, retryable: [502, 503, 504].includes(answer.status) };
}

async function main(topic = 'demo') {
  const messages = `/topics/${encodeURIComponent(topic)}/messages`;
  const sent = await post(
    messages,
    { tag: 'created', key: 'order-42', 'property.city': 'Zürich' },
    JSON.stringify({ order: 42 }),
    { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
  );
  console.log(sent.msgId);

  // Query and headers hold for all lines, so what tells a repeated line stands in the line.
  const lines = [43, 44, 45].map((order) => JSON.stringify({ id: randomUUID(), order }) + '\n').join('');
  const batch = await post(`${messages}:batch`, { tag: 'created' }, lines, { 'Content-Type': 'application/x-ndjson' });
  const failed = batch.results.find((result) => result.status >= 400);
  if (failed) throw new Error(`line ${failed.index}: ${failed.detail}`);
  console.log(batch.accepted, 'lines');
}

main(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
