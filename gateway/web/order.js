// Sends the order and goes on to the payment page.
'use strict';

const form = document.getElementById('order');
const problem = document.getElementById('problem');

// One key per version of the form: a second click or a lost answer continues the same order, an edit makes a new one.
let key = null;
form.addEventListener('input', () => { key = null; });

function body() {
  const fields = Object.fromEntries(new FormData(form));
  for (const name of Object.keys(fields)) {
    if (fields[name] === '') delete fields[name];
  }
  fields.accept_late = form.elements.accept_late.checked;
  return JSON.stringify(fields);
}

function clearProblems() {
  problem.hidden = true;
  for (const message of form.querySelectorAll('.message')) message.remove();
  for (const field of form.querySelectorAll('[aria-invalid]')) {
    field.removeAttribute('aria-invalid');
    field.removeAttribute('aria-describedby');
  }
}

// Marks the field; false when the form has none of that name.
function mark({field, message}) {
  const input = form.elements[field];
  if (!(input instanceof HTMLElement)) return false;
  const note = document.createElement('span');
  note.className = 'message';
  note.id = `message-${field}`;
  note.textContent = message;
  input.after(note);
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', note.id);
  return true;
}

function show(answer) {
  const unmarked = (answer.errors || []).filter((error) => !mark(error));
  const marked = form.querySelector('[aria-invalid]');
  if (marked && unmarked.length === 0) {
    problem.textContent = 'Please correct the marked fields.';
    marked.focus();
  } else {
    problem.textContent = answer.detail || 'Something went wrong. Please try again.';
  }
  problem.hidden = false;
}

async function send() {
  key ??= crypto.randomUUID();
  const response = await fetch('/api/checkout/create-session', {
    method: 'POST',
    headers: {'Content-Type': 'application/json', 'Idempotency-Key': key},
    body: body(),
  });
  const answer = await response.json();
  if (!response.ok) return show(answer);
  // Only this tab: whoever uses the computer next must not find it.
  sessionStorage.setItem(`token:${answer.payment_id}`, answer.access_token);
  location.assign(answer.checkout_url);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  clearProblems();
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    await send();
  } catch {
    show({detail: 'The server could not be reached. Please try again; nothing is ordered twice.'});
  } finally {
    button.disabled = false;
  }
});
