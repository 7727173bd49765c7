// Stripe's SDK on money that goes back, on the list of events, and on what it calls each failure.
import assert from 'node:assert/strict';

import Stripe from 'stripe';

import {SECRET, control} from './sdk_parts.mjs';

async function verified(stripe, receiver, type) {
  const webhook = await receiver.next(type);
  return stripe.webhooks.constructEvent(webhook.body, webhook.signature, SECRET);
}

async function settle(url, refund, status) {
  return control(url, `/stripe/refunds/${refund.id}/settle`, {status});
}

// `intent` is of a payment of 19.89. Afterwards 9.89 of it are given back.
export async function checkRefunds(stripe, receiver, url, intent) {
  const params = {payment_intent: intent, amount: 989, reason: 'requested_by_customer',
                  metadata: {payment_id: 'payment-1', refund_id: 'refund-1', v: '1'}};
  const options = {idempotencyKey: 'refund-1'};
  const refund = await stripe.refunds.create(params, options);
  assert.equal(refund.status, 'succeeded');
  assert.deepEqual(refund.metadata, params.metadata);
  const charge = (await verified(stripe, receiver, 'charge.refunded')).data.object;
  assert.equal(charge.amount_refunded, 989);
  assert.equal(charge.metadata.payment_id, 'payment-1');
  assert.equal((await verified(stripe, receiver, 'refund.created')).data.object.id, refund.id);

  const again = await stripe.refunds.create(params, options);
  assert.equal(again.id, refund.id);
  assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
  await assert.rejects(stripe.refunds.create({...params, amount: 1}, options),
                       Stripe.errors.StripeIdempotencyError);
  await assert.rejects(stripe.refunds.create({payment_intent: intent, amount: 1001}),
                       {type: 'StripeInvalidRequestError', param: 'amount'});
  assert.equal((await stripe.refunds.retrieve(refund.id)).amount, 989);
  await checkRefundsThatFail(stripe, receiver, url, intent, refund);
}

async function checkRefundsThatFail(stripe, receiver, url, intent, kept) {
  await control(url, '/stripe/refund_fate', {status: 'pending'});
  const pending = await stripe.refunds.create({payment_intent: intent});
  assert.equal(pending.status, 'pending');
  await assert.rejects(stripe.refunds.create({payment_intent: intent}),
                       {type: 'StripeInvalidRequestError', code: 'charge_already_refunded'});
  await settle(url, pending, 'failed');
  const failed = (await verified(stripe, receiver, 'refund.failed')).data;
  assert.equal(failed.object.id, pending.id);
  assert.equal(failed.object.failure_reason, 'unknown');
  assert.equal(failed.previous_attributes.status, 'pending');
  await control(url, '/stripe/refund_fate', {status: 'succeeded'});

  const ids = [];
  for await (const one of stripe.refunds.list({payment_intent: intent, limit: 1})) ids.push(one.id);
  assert.deepEqual(ids, [pending.id, kept.id]);
}

export async function checkDisputes(stripe, receiver, url, session) {
  const inquiry = await control(url, `/stripe/dispute/${session.id}`, {inquiry: true});
  const event = await verified(stripe, receiver, 'charge.dispute.created');
  assert.deepEqual(event.data.object, await stripe.disputes.retrieve(inquiry.id));
  assert.equal(event.data.object.status, 'warning_needs_response');
  assert.deepEqual(event.data.object.metadata, {});
  await control(url, `/stripe/disputes/${inquiry.id}/move`, {status: 'warning_closed'});
  await verified(stripe, receiver, 'charge.dispute.closed');

  const {id, charge, payment_intent} = await control(url, `/stripe/dispute/${session.id}`, {});
  await assert.rejects(stripe.refunds.create({charge}), {code: 'charge_disputed'});
  const listed = await stripe.disputes.list({payment_intent});
  assert.deepEqual(listed.data.map((one) => one.id), [id, inquiry.id]);
  await control(url, `/stripe/disputes/${id}/move`, {status: 'won'});
  assert.equal((await stripe.charges.retrieve(charge)).disputed, true);
}

// All that has happened so far, a few at a time: each once, the newest first.
export async function checkEvents(stripe) {
  const events = [];
  for await (const event of stripe.events.list({limit: 2})) events.push(event);
  assert.equal(new Set(events.map((event) => event.id)).size, events.length);
  assert.equal(events[0].type, 'charge.dispute.funds_reinstated');
  assert.ok(events.every((event, i) => i === 0 || event.created <= events[i - 1].created));

  const types = ['refund.created', 'refund.failed'];
  const some = await stripe.events.list({types, created: {gte: events.at(-1).created}});
  assert.deepEqual(some.data.map((event) => event.type), ['refund.failed', 'refund.created',
                                                          'refund.created']);
  const group = await stripe.events.list({type: 'refund.*'});
  assert.equal(group.data.length, 4);
  const none = await stripe.events.list({created: {lt: events.at(-1).created}});
  assert.deepEqual(none.data, []);
}

const REFUND = 'stripe.refunds.create';

async function timesAsked(url) {
  return (await control(url, `/stripe/requests?operation=${REFUND}`)).length;
}

// Which class of error each answer is, and whether the SDK asks again by itself.
export async function checkFailures(stripe, url, intent) {
  const patient = new Stripe('sk_test_sdk_check', {
    host: url.hostname, port: Number(url.port), protocol: 'http', maxNetworkRetries: 1});
  const failing = (knob) => control(url, '/knobs', {operation: REFUND, stored: false, ...knob});
  const params = {payment_intent: intent, amount: 1};
  const cases = [
    [{fail_status: 402}, Stripe.errors.StripeCardError, 1],
    [{fail_status: 429, headers: {'Stripe-Should-Retry': 'false'}},
     Stripe.errors.StripeRateLimitError, 1],
    [{fail_status: 500, headers: {'Stripe-Should-Retry': 'false'}}, Stripe.errors.StripeAPIError, 1],
    [{fail_status: 400, headers: {'Stripe-Should-Retry': 'true'}}, undefined, 2],
    [{fail_status: 503}, undefined, 2],
  ];
  for (const [knob, error, requests] of cases) {
    const before = await timesAsked(url);
    await failing(knob);
    if (error) await assert.rejects(patient.refunds.create(params), error);
    else assert.equal((await patient.refunds.create(params)).amount, 1);
    assert.equal(await timesAsked(url) - before, requests, JSON.stringify(knob));
  }
  const stranger = new Stripe('sk_live_no_business_here', {
    host: url.hostname, port: Number(url.port), protocol: 'http'});
  await assert.rejects(stranger.events.list(), Stripe.errors.StripeAuthenticationError);
  await assert.rejects(stripe.refunds.retrieve('re_none'), {code: 'resource_missing'});
}
