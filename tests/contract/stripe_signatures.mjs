// Stripe's library and ours agree on signatures, both ways, for a thousand payloads and what is
// wrong with them: node contract/stripe_signatures.mjs PATH-OF-stripe_signatures
//
// The payloads come from a seed that is printed when something differs; give it as a second argument
// to see the same ones again.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {createInterface} from 'node:readline';

import Stripe from 'stripe';

const PAYLOADS = 1000;
const TOLERANCE = 300;
const {webhooks} = new Stripe('sk_test_signatures');

// A stream of numbers that a seed decides.
class Chance {
  #count = 0;
  constructor(seed) { this.seed = seed; }
  below(limit) {
    const digest = createHash('sha256').update(`${this.seed}:${this.#count++}`).digest();
    return digest.readUInt32BE(0) % limit;
  }
  oneOf(values) { return values[this.below(values.length)]; }
}

// Bytes that a careless implementation stumbles over: dots and commas as in the header, line ends,
// NUL, letters of two, three and four bytes.
const PIECES = ['a', 'Z', '0', '.', ',', '=', 't=', 'v1=', '"', '\\', ' ', '\t', '\n', '\r\n',
                '\u0000', 'ß', 'ж', '漢', '🦊', '\u2028'];

function randomText(chance, longest) {
  let text = '';
  for (let left = chance.below(longest + 1); left > 0; --left) text += chance.oneOf(PIECES);
  return text;
}

// An event as constructEvent wants it, or any text but none: that one Stripe's library does not even
// look at.
function randomPayload(chance) {
  const text = randomText(chance, chance.oneOf([1, 20, 400]));
  return text && chance.below(2) ? text : JSON.stringify({id: 'evt_1', object: 'event', note: text}, null, 2);
}

// Asks our program, a line for each question, and answers in the same order.
class Ours {
  constructor(program) {
    this.child = spawn(program, {stdio: ['pipe', 'pipe', 'inherit']});
    this.lines = createInterface({input: this.child.stdout})[Symbol.asyncIterator]();
  }
  async #ask(request) {
    this.child.stdin.write(JSON.stringify(request) + '\n');
    const {value, done} = await this.lines.next();
    assert.ok(!done, 'our program has ended');
    return JSON.parse(value);
  }
  sign(payload, secret, at) {
    return this.#ask({sign: Buffer.from(payload).toString('base64'), secret, at});
  }
  verify(payload, header, secrets, now) {
    return this.#ask({verify: Buffer.from(payload).toString('base64'), header, secrets, now});
  }
  end() { this.child.stdin.end(); }
}

function theirsVerify(payload, header, secret, now) {
  try {
    return webhooks.signature.verifyHeader(payload, header, secret, TOLERANCE, undefined, now * 1000);
  } catch (error) {
    assert.ok(error instanceof Stripe.errors.StripeSignatureVerificationError, error.message);
    return false;
  }
}

// The same thing with one mistake; `now` is when it is looked at.
function spoilt(chance, good) {
  const {payload, header, secret, now} = good;
  return chance.oneOf([
    {...good, payload: payload + ' '},
    {...good, payload: `.${payload}`},
    {...good, secret: secret + 'x'},
    {...good, header: header.replace(/t=(\d)/, (_, digit) => `t=${(Number(digit) + 1) % 10}`)},
    {...good, header: header.replace(/v1=(.)/, (_, c) => `v1=${c === '0' ? '1' : '0'}`)},
    {...good, header: header.replace(/v1=/g, 'v2=')},
    {...good, header: header.replace(/t=\d+,?/, '')},
    {...good, header: header.replace(/(v1=.{32}).*/, '$1')},
    {...good, header: ''},
    {...good, now: now + TOLERANCE + 1 + chance.below(1000)},
  ]);
}

// What Stripe signs, we verify; beside another secret and beside another signature too.
async function checkTheirSignature(ours, chance, good) {
  const {payload, secret, at, now} = good;
  const header = webhooks.generateTestHeaderString({payload, secret, timestamp: at});
  const other = webhooks.generateTestHeaderString({payload, secret: 'whsec_other', timestamp: at});
  assert.equal(await ours.verify(payload, header, [secret], now), true);
  assert.equal(await ours.verify(payload, header, ['whsec_other', secret], now), true);
  const both = `${other},${header.split(',')[1]}`;
  assert.equal(await ours.verify(payload, both, [secret], now), true);
  assert.equal(theirsVerify(payload, both, secret, now), true);
  const wrong = spoilt(chance, {...good, header});
  assert.equal(await ours.verify(wrong.payload, wrong.header, [wrong.secret], wrong.now), false);
  assert.equal(theirsVerify(wrong.payload, wrong.header, wrong.secret, wrong.now), false);
}

// What the sandbox signs, Stripe's library verifies, character by character the same signature.
async function checkOurSignature(ours, chance, good) {
  const {payload, secret, at, now} = good;
  const header = await ours.sign(payload, secret, at);
  assert.equal(theirsVerify(payload, header, secret, now), true);
  assert.ok(header.startsWith(webhooks.generateTestHeaderString({payload, secret, timestamp: at})));
  if (payload.startsWith('{\n')) {
    const event = webhooks.constructEvent(payload, header, secret, TOLERANCE, undefined, now * 1000);
    assert.equal(event.id, 'evt_1');
  }
  const wrong = spoilt(chance, {...good, header});
  assert.equal(theirsVerify(wrong.payload, wrong.header, wrong.secret, wrong.now), false);
  assert.equal(await ours.verify(wrong.payload, wrong.header, [wrong.secret], wrong.now), false);
}

async function main(program, seed) {
  const chance = new Chance(seed);
  const ours = new Ours(program);
  try {
    for (let i = 0; i < PAYLOADS; ++i) {
      const at = 1_700_000_000 + chance.below(200_000_000);
      const good = {payload: randomPayload(chance), secret: `whsec_${chance.below(1_000_000)}`, at,
                    now: at + chance.below(TOLERANCE + 1)};
      await checkTheirSignature(ours, chance, good);
      await checkOurSignature(ours, chance, good);
    }
    console.log(`stripe ${Stripe.PACKAGE_VERSION} and we agree on ${PAYLOADS} payloads`);
  } catch (error) {
    console.error(`seed ${seed}`);
    throw error;
  } finally {
    ours.end();
  }
}

if (!process.argv[2]) throw new Error('usage: stripe_signatures.mjs PATH-OF-THE-PROGRAM [SEED]');
await main(process.argv[2], process.argv[3] ?? String(Date.now()));
