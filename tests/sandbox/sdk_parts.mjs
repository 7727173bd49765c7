// What the checks with the vendors' SDKs share.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';

export const SECRET = 'whsec_sdk_check';

// Collects webhooks; `next(type)` waits for one that has not been asked for yet.
export class Receiver {
  #received = [];
  #waiting = [];

  async listen() {
    this.server = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        response.end('{}');
        this.#add({signature: request.headers['stripe-signature'], body: Buffer.concat(chunks)});
      });
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}/webhook`;
  }

  #add(webhook) {
    const {type} = JSON.parse(webhook.body);
    const waiting = this.#waiting.findIndex((one) => one.type === type);
    if (waiting < 0) this.#received.push({type, webhook});
    else this.#waiting.splice(waiting, 1)[0].resolve(webhook);
  }

  next(type) {
    const found = this.#received.findIndex((one) => one.type === type);
    if (found >= 0) return this.#received.splice(found, 1)[0].webhook;
    return new Promise((resolve) => this.#waiting.push({type, resolve}));
  }
}

// The sandbox's own routes, for what only a test can cause.
export async function control(url, path, body) {
  const request = body && {method: 'POST', body: JSON.stringify(body)};
  const answer = await fetch(new URL(`/sandbox${path}`, url), request);
  assert.equal(answer.status, 200, path);
  return answer.json();
}
