// Receives webhooks and takes only those signed with its secret. Needs Node.js alone.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ''), 'base64');
const toleranceSeconds = 300;

function isSigned(headers, body) {
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  // The bytes as they came, not a string: a body need not be UTF-8.
  const expected = createHmac('sha256', key).update(`${headers['webhook-id']}.${timestamp}.`).update(body).digest();
  // While a key is replaced there are several signatures.
  return (headers['webhook-signature'] ?? '').split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return signature.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (!isSigned(request.headers, Buffer.concat(chunks))) {
    response.writeHead(401).end();
    return;
  }
  // The webhook-id is the same on every attempt. Answer 204 for an id that was handled before, and do not handle it again.
  console.log('received', request.headers['webhook-id']);
  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT ?? 8090), '127.0.0.1', () => console.log('listening on port', server.address().port));
