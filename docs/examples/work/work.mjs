// Works on the messages of a pull subscription: node work.mjs <subscription>. Node 18 or newer, nothing to install.

const gateway = process.env.GATEWAY ?? 'http://localhost:8080';
const apiKey = process.env.GATEWAY_API_KEY;
const timeout = 30_000; // more than the 20 s of a receive
const messages = `${gateway}/subscriptions/${encodeURIComponent(process.argv[2])}/messages`;

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => { stopping = true; });

async function post(action, document = {}) {
  const headers = { 'Content-Type': 'application/json' };
  if (apiKey) headers.Authorization = `Bearer ${apiKey}`;
  const answer = await fetch(`${messages}:${action}`, {
    method: 'POST', headers, body: JSON.stringify(document), signal: AbortSignal.timeout(timeout),
  });
  if (answer.ok) return answer.json();
  throw Object.assign(new Error(await answer.text()), {
    fatal: answer.status < 500 && answer.status !== 429,
    seconds: Number(answer.headers.get('Retry-After') ?? 1),
  });
}

/** Your work. A message can come twice: its id is the same each time. */
async function work(message) {
  console.log(message.id, message.attempt, message.body);
}

while (!stopping) {
  try {
    const received = await post('receive?max=10&wait=20s&visibility=1m');
    for (const message of received.messages) {
      try {
        await work(message);
      } catch (error) { // not acknowledged, so the message comes again when its lease ends
        console.error(message.id, error);
        continue;
      }
      await post('ack', { receipts: [message.receipt] });
    }
  } catch (error) {
    console.error(error.message);
    if (error.fatal) process.exit(1);
    await new Promise((resolve) => setTimeout(resolve, (error.seconds ?? 1) * 1000));
  }
}
