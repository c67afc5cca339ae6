// Publishes events with the CloudEvents SDK for JavaScript: node send.mjs WAY GATEWAY TOPIC EVENTS
// WAY is "fetch" or "emitter", and "binary" or "structured", joined by a hyphen; or "batch".
import { readFileSync } from 'node:fs';
import { CloudEvent, HTTP, Mode, emitterFor, httpTransport } from 'cloudevents';

const [way, gateway, topic, file] = process.argv.slice(2);
const events = JSON.parse(readFileSync(file, 'utf8')).map(toEvent);
const url = `${gateway}/topics/${topic}/messages`;

function toEvent({ attributes, data, dataBase64 }) {
    if (dataBase64 !== undefined) {
        data = new Uint8Array(Buffer.from(dataBase64, 'base64'));
    } else if (attributes.datacontenttype?.endsWith('json')) {
        data = JSON.parse(data);
    }
    return new CloudEvent({ ...attributes, data });
}

// The SDK puts attributes into headers as they are; fetch sends no more of Unicode than ISO-8859-1, so the rest is percent-encoded.
function encoded(message) {
    const headers = Object.entries(message.headers).map(([name, value]) =>
        [name, /^[ -~\u00a0-\u00ff]*$/.test(value) ? value : encodeURIComponent(value)]);
    return { ...message, headers: Object.fromEntries(headers) };
}

async function viaFetch(address, message) {
    const answer = await fetch(address, { method: 'POST', ...encoded(message) });
    const text = await answer.text();
    if (answer.status !== 200) {
        throw new Error(`${answer.status} ${text}`);
    }
}

// The SDK's transport writes a body even where there is none, and does not tell the status.
async function viaTransport(message, options) {
    const answer = await httpTransport(url)({ ...encoded(message), body: message.body ?? '' }, options);
    if (JSON.parse(answer.body).sendStatus !== 'SEND_OK') {
        throw new Error(answer.body);
    }
}

const senders = {
    'fetch-binary': event => viaFetch(url, HTTP.binary(event)),
    'fetch-structured': event => viaFetch(url, HTTP.structured(event)),
    'emitter-binary': emitterFor(viaTransport, { mode: Mode.BINARY }),
    'emitter-structured': emitterFor(viaTransport, { mode: Mode.STRUCTURED }),
};

if (way === 'batch') {
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    await viaFetch(`${url}:batch`, { headers, body: JSON.stringify(events) });
} else {
    for (const event of events) {
        await senders[way](event);
    }
}
