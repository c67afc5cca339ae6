// Receives webhooks and takes only those with a signature of ours. npm install standardwebhooks
import { createServer } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET); // whsec_…

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks); // the bytes as they came: what is parsed and written again has another signature
  try {
    webhook.verify(body, request.headers, { jsonParse: false });
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    response.writeHead(401).end();
    return;
  }
  // The webhook-id is the same on every attempt: what has been handled already is only answered.
  console.log('received', request.headers['webhook-id']);
  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT ?? 8090), '127.0.0.1', () => console.log('listening on port', server.address().port));
