// The vendors' own SDKs judge the sandbox: node sandbox/sdk_check.mjs PATH-OF-THE-SANDBOX-PROGRAM
//
// What they refuse to parse, sign or verify is wrong here, whatever our own tests say. Ends with
// status 1 at the first disagreement.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';

import {Configuration, LetterEditable, LettersApi, UsVerificationsApi,
        UsVerificationsWritable} from '@lob/lob-typescript-sdk';
import Stripe from 'stripe';

import {checkDisputes, checkEvents, checkFailures, checkRefunds} from './sdk_money.mjs';
import {Receiver, SECRET, control} from './sdk_parts.mjs';

const TIMEOUT_MS = 60_000;

async function startSandbox(program, webhookUrl) {
  const child = spawn(program, ['--port=0', `--stripe-webhook-url=${webhookUrl}`,
                                `--stripe-webhook-secret=${SECRET}`, '--webhook-retry-ms=50'],
                      {stdio: ['ignore', 'pipe', 'inherit']});
  for await (const line of createInterface({input: child.stdout})) {
    return {child, url: new URL(line.replace('listening on ', ''))};
  }
  throw new Error('the sandbox did not start');
}

function sessionParams() {
  return {
    mode: 'payment',
    allowed_payment_method_types: ['card'],
    adaptive_pricing: {enabled: false},
    line_items: [{quantity: 1, price_data: {currency: 'usd', unit_amount: 1989,
                                            product_data: {name: 'Appeal letter'}}}],
    success_url: 'http://127.0.0.1/success?session_id={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1/cancelled',
    client_reference_id: 'payment-1',
    expires_at: Math.floor(Date.now() / 1000) + 23 * 3600,
    metadata: {payment_id: 'payment-1', v: '1'},
    payment_intent_data: {metadata: {payment_id: 'payment-1'}},
  };
}

async function checkSessions(stripe) {
  const params = sessionParams();
  const options = {idempotencyKey: 'sdk-check-1'};
  const session = await stripe.checkout.sessions.create(params, options);
  assert.match(session.id, /^cs_test_/);
  assert.equal(session.amount_total, 1989);
  assert.equal(session.payment_status, 'unpaid');
  assert.deepEqual(session.metadata, params.metadata);

  const again = await stripe.checkout.sessions.create(params, options);
  assert.equal(again.id, session.id);
  assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
  await assert.rejects(
      stripe.checkout.sessions.create({...params, client_reference_id: 'other'}, options),
      Stripe.errors.StripeIdempotencyError);
  await assert.rejects(stripe.checkout.sessions.create({...params, nonsense: 1}),
                       {type: 'StripeInvalidRequestError', param: 'nonsense'});
  await assert.rejects(stripe.checkout.sessions.retrieve('cs_test_none'),
                       {statusCode: 404, code: 'resource_missing'});

  const other = await stripe.checkout.sessions.create(sessionParams());
  const ids = [];
  for await (const one of stripe.checkout.sessions.list({limit: 1})) ids.push(one.id);
  assert.deepEqual(ids, [other.id, session.id]);  // newest first, a page each
  const expired = await stripe.checkout.sessions.expire(other.id);
  assert.equal(expired.status, 'expired');
  return session;
}

async function checkPayment(stripe, receiver, session) {
  const paid = await fetch(session.url, {method: 'POST', redirect: 'manual'});
  assert.equal(paid.status, 303);
  assert.equal(paid.headers.get('location'),
               `http://127.0.0.1/success?session_id=${session.id}`);

  const webhook = await receiver.next('checkout.session.completed');
  const event = stripe.webhooks.constructEvent(webhook.body, webhook.signature, SECRET);
  assert.equal(event.data.object.id, session.id);
  assert.equal(event.data.object.payment_status, 'paid');
  assert.ok(event.data.object.customer_details.email);
  assert.throws(() => stripe.webhooks.constructEvent(webhook.body, webhook.signature, 'whsec_no'),
                Stripe.errors.StripeSignatureVerificationError);

  const expanded = await stripe.checkout.sessions.retrieve(
      session.id, {expand: ['payment_intent.latest_charge', 'line_items']});
  assert.match(expanded.payment_intent.latest_charge.receipt_url, /^http/);
  assert.deepEqual(expanded.payment_intent.metadata, {payment_id: 'payment-1'});
  assert.equal(expanded.line_items.data[0].amount_total, 1989);
  const listed = await stripe.checkout.sessions.list({payment_intent: expanded.payment_intent.id});
  assert.deepEqual(listed.data.map((one) => one.id), [session.id]);
  const events = await stripe.events.list({type: 'checkout.session.completed',
                                           created: {gte: session.created}});
  assert.deepEqual(events.data.map((one) => one.id), [event.id]);
  assert.equal((await stripe.events.retrieve(event.id)).type, event.type);
  return expanded.payment_intent.id;
}

const CREATE = 'stripe.sessions.create';

async function checkStoredFailure(stripe, url) {
  const options = {idempotencyKey: 'sdk-check-500'};
  await control(url, '/knobs', {operation: CREATE, fail_status: 500, point: 'answer', stored: true});
  const params = {...sessionParams(), client_reference_id: 'hidden'};
  await assert.rejects(stripe.checkout.sessions.create(params, options),
                       {type: 'StripeAPIError', statusCode: 500});
  await assert.rejects(
      stripe.checkout.sessions.create(params, options),
      (error) => error.statusCode === 500 && error.headers['idempotent-replayed'] === 'true');
  const [newest] = (await stripe.checkout.sessions.list({limit: 1})).data;
  assert.equal(newest.client_reference_id, 'hidden');
}

async function checkBusyAnswers(stripe, url) {
  const params = sessionParams();
  const options = {idempotencyKey: 'sdk-check-409'};
  await control(url, '/knobs', {operation: CREATE, hold: true, point: 'arrival'});
  const first = stripe.checkout.sessions.create(params, options);
  await control(url, `/held?operation=${CREATE}&at_least=1&timeout_ms=10000`);
  await assert.rejects(stripe.checkout.sessions.create(params, options),
                       {statusCode: 409, code: 'idempotency_key_in_use'});
  await control(url, '/release', {operation: CREATE});
  const {id} = await first;
  assert.equal((await stripe.checkout.sessions.create(params, options)).id, id);

  await control(url, '/knobs', {operation: CREATE, fail_status: 429, headers: {'Retry-After': '2'}});
  await assert.rejects(
      stripe.checkout.sessions.create(params),
      (error) => error instanceof Stripe.errors.StripeRateLimitError &&
                 error.headers['retry-after'] === '2');
}

async function checkForeignEvents(stripe, receiver, url) {
  const {id} = await control(url, '/stripe/foreign', {livemode: true});
  const webhook = await receiver.next('checkout.session.completed');
  const event = stripe.webhooks.constructEvent(webhook.body, webhook.signature, SECRET);
  assert.equal(event.id, id);
  assert.equal(event.livemode, true);
  await assert.rejects(stripe.events.retrieve(id), {statusCode: 404});
}

function letterParams(changes = {}) {
  const address = {address_line1: '11 South Van Ness Avenue', address_city: 'San Francisco',
                   address_state: 'CA', address_zip: '94103'};
  return new LetterEditable({
    to: {company: 'SFMTA Citation Review', ...address},
    from: {name: 'Ada Example', ...address},
    file: '<html>Dear Sir or Madam</html>',
    color: false,
    use_type: 'operational',
    mail_type: 'usps_first_class',
    extra_service: 'certified',
    metadata: {payment_id: 'payment-1'},
    ...changes,
  });
}

async function checkLetters(url) {
  const lob = new LettersApi(new Configuration({username: 'test_sdk_check',
                                                basePath: new URL('/lob/v1', url).href}));
  const letter = await lob.create(letterParams(), 'payment-1:1');
  assert.match(letter.id, /^ltr_[0-9a-f]{16}$/);
  assert.match(letter.tracking_number, /^\d{22}$/);
  assert.equal((await lob.create(letterParams(), 'payment-1:1')).id, letter.id);
  assert.equal((await lob.get(letter.id)).metadata.payment_id, 'payment-1');

  const other = await lob.create(letterParams({metadata: {payment_id: 'payment-2'}}));
  const found = await lob.list(10, undefined, undefined, undefined, undefined,
                               {payment_id: 'payment-1'});
  assert.deepEqual(found.data.map((one) => one.id), [letter.id]);
  const page = await lob.list(1);
  assert.deepEqual(page.data.map((one) => one.id), [other.id]);
  assert.ok(page.nextPageToken);
  const rest = await lob.list(1, undefined, page.nextPageToken);
  assert.deepEqual(rest.data.map((one) => one.id), [letter.id]);
  assert.equal((await lob.cancel(other.id)).deleted, true);
  assert.equal((await lob.get(other.id)).deleted, true);
  const since = new Date(Date.now() - 60_000).toISOString();
  assert.equal((await lob.list(100, undefined, undefined, undefined, {gt: since})).count, 2);

  await control(url, `/lob/letters/${letter.id}/track`, {event: 'delivered'});
  const [delivered] = (await lob.get(letter.id)).tracking_events;
  assert.equal(delivered.name, 'Delivered');
  await control(url, '/lob/behaviour', {refuse_cancel: true});
  await assert.rejects(lob.cancel(letter.id), /can no longer be cancelled/);

  const wrong = letterParams();
  delete wrong.use_type;
  await assert.rejects(lob.create(wrong), /use_type is required/);
}

async function checkVerifications(url) {
  const lob = new UsVerificationsApi(new Configuration({username: 'test_sdk_check',
                                                        basePath: new URL('/lob/v1', url).href}));
  const verify = (primary_line, more = {}) => lob.verifySingle(
      new UsVerificationsWritable({primary_line, zip_code: '11111', ...more}), 'proper');
  const house = await verify('residential house');
  assert.match(house.id, /^us_ver_/);
  assert.equal(house.deliverability, 'deliverable');
  assert.equal(house.primary_line, '230 King St');
  assert.equal(house.components.city, 'San Francisco');
  assert.equal(house.deliverability_analysis.dpv_confirmation, 'Y');
  assert.equal((await verify('undeliverable no match')).deliverability, 'undeliverable');
  assert.equal((await verify('missing unit')).deliverability, 'deliverable_missing_unit');
  assert.equal((await verify('210 King Street')).primary_line, '');
  await assert.rejects(verify('210 King Street', {zip_code: undefined}), /zip_code is required/);
}

async function main(program) {
  const receiver = new Receiver();
  await receiver.listen();
  const {child, url} = await startSandbox(program, receiver.url);
  try {
    const stripe = new Stripe('sk_test_sdk_check', {
      host: url.hostname, port: Number(url.port), protocol: 'http', maxNetworkRetries: 0});
    const session = await checkSessions(stripe);
    const intent = await checkPayment(stripe, receiver, session);
    await checkRefunds(stripe, receiver, url, intent);
    await checkDisputes(stripe, receiver, url, session);
    await checkEvents(stripe);
    await checkFailures(stripe, url, intent);
    await checkStoredFailure(stripe, url);
    await checkBusyAnswers(stripe, url);
    await checkForeignEvents(stripe, receiver, url);
    await checkLetters(url);
    await checkVerifications(url);
    console.log(`the sandbox satisfies stripe ${Stripe.PACKAGE_VERSION} and Lob's SDK`);
  } finally {
    child.kill('SIGTERM');
    receiver.server.close();
    receiver.server.closeAllConnections();
  }
}

if (!process.argv[2]) throw new Error('usage: sdk_check.mjs PATH-OF-THE-SANDBOX-PROGRAM');
setTimeout(() => { throw new Error('it took too long'); }, TIMEOUT_MS).unref();
await main(process.argv[2]);
