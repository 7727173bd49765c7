// Shows how the order of ?session_id= or, from an email, ?payment_id= stands, and keeps looking until its letter is on
// the way. Neither id opens more than states and dates.
'use strict';

const query = new URLSearchParams(location.search);
const address = query.has('payment_id')
  ? `/api/appeals/${encodeURIComponent(query.get('payment_id'))}`
  : `/api/checkout/session/${encodeURIComponent(query.get('session_id') || '')}`;
const byId = (id) => document.getElementById(id);

const paymentWords = {
  pending: 'not received yet',
  paid: 'received',
  expired: 'not received in time',
  failed: 'failed',
  review: 'being checked by us',
  refunded: 'given back',
};
const mailingWords = {
  waiting: 'waiting for your payment',
  preparing: 'being printed',
  mailed: 'handed to the mail',
  in_transit: 'on its way',
  delivered: 'delivered',
  returned: 'returned to the sender',
  needs_attention: 'needs our attention; we are on it',
  cancelled: 'not mailed',
};
const summaries = {
  waiting: 'We are waiting for your payment to be confirmed.',
  preparing: 'Your payment is in. Your letter is being prepared.',
  mailed: 'Your letter has been handed to the mail.',
  in_transit: 'Your letter is on its way.',
  delivered: 'Your letter has been delivered.',
  returned: 'Your letter came back.',
  needs_attention: 'Your order needs a look by a person. You need not do anything.',
  cancelled: 'This order has ended; no letter will be mailed.',
};

let token = null;
let paymentId = null;

function show(order) {
  byId('summary').textContent = summaries[order.mailing_status] || summaries.needs_attention;
  byId('payment_status').textContent = paymentWords[order.payment_status] || order.payment_status;
  byId('mailing_status').textContent = mailingWords[order.mailing_status] || order.mailing_status;
  byId('amount').textContent = new Intl.NumberFormat('en-US', {
    style: 'currency', currency: order.currency,
  }).format(order.amount_total / 100);
  byId('payment_id').textContent = order.payment_id;
  byId('facts').hidden = false;
  paymentId = order.payment_id;
  token = sessionStorage.getItem(`token:${paymentId}`);
  byId('letter').hidden = !token || ['waiting', 'preparing', 'cancelled'].includes(order.mailing_status);
}

function fail(text) {
  byId('problem').textContent = text;
  byId('problem').hidden = false;
}

const moves = (order) => ['waiting', 'preparing'].includes(order.mailing_status);

// Looks often at first, when the news is expected, and rarely later.
async function look(pause) {
  let next = Math.min(pause * 1.3, 30000);
  try {
    const response = await fetch(address);
    const answer = await response.json();
    if (response.ok) {
      byId('problem').hidden = true;
      show(answer);
      if (!moves(answer)) return;
    } else if (response.status < 500 && response.status !== 429) {
      byId('summary').hidden = true;
      return fail(answer.detail);
    }
  } catch {
    fail('The server could not be reached. Trying again.');
    next = 5000;
  }
  setTimeout(() => look(next), pause);
}

byId('open_letter').addEventListener('click', async () => {
  const response = await fetch(`/api/appeals/${paymentId}/letter.pdf`, {
    headers: {Authorization: `Bearer ${token}`},
  });
  if (!response.ok) return fail((await response.json()).detail);
  location.assign(URL.createObjectURL(await response.blob()));
});

look(1000);
