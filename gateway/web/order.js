// Shows the letter, sends the order and goes on to the payment page.
'use strict';

const form = document.getElementById('order');
const problem = document.getElementById('problem');
const letter = document.getElementById('letter');

const mostPhotographs = 5;

// One key per version of the form: a second click or a lost answer continues the same order, an edit makes a new one.
let key = null;
form.addEventListener('input', () => {
  key = null;
  hideLetter();
});

// The cities whose appeals can be mailed; until they are known the form offers the one that always is.
async function listCities() {
  const response = await fetch('/api/cities');
  if (!response.ok) return;
  const served = (await response.json()).cities.filter((city) => city.is_served);
  if (served.length === 0) return;
  form.elements.city_id.replaceChildren(
    ...served.map((city) => new Option(`${city.name}, ${city.state}`, city.city_id)));
}
listCities().catch(() => {});

function fieldsOfForm() {
  const fields = Object.fromEntries(new FormData(form));
  delete fields.photographs;
  for (const name of Object.keys(fields)) {
    if (fields[name] === '') delete fields[name];
  }
  fields.accept_late = form.elements.accept_late.checked;
  return fields;
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

// Asks; an answer that is none is thrown as what it says.
async function post(path, contents, headers) {
  const response = await fetch(path, {method: 'POST', headers, body: contents});
  const answer = await response.json();
  if (!response.ok) throw answer;
  return answer;
}

const asJson = {'Content-Type': 'application/json'};

// Photographs need an appeal that they belong to, and its token. Each has a key of its own: when the button is pressed
// again after a trouble, those that have arrived are not sent to another appeal.
async function upload(photographs, asked) {
  const begun = await post('/api/intakes', '{}', {...asJson, 'Idempotency-Key': `intake-${asked}`});
  const token = {Authorization: `Bearer ${begun.access_token}`};
  for (const [i, photograph] of photographs.entries()) {
    try {
      await post(`/api/intakes/${begun.intake_id}/evidence`, photograph,
        {...token, 'Content-Type': photograph.type, 'Idempotency-Key': `photograph-${i}-${asked}`});
    } catch (answer) {
      for (const error of answer.errors || []) error.field = 'photographs';
      throw answer;
    }
  }
  return {intake_id: begun.intake_id, token};
}

// What a preview and an order are asked for with: the form as it is now, and its key. Whatever is edited while the
// answer is awaited belongs to another request.
async function prepare() {
  const asked = key ??= crypto.randomUUID();
  const fields = fieldsOfForm();
  const photographs = [...form.elements.photographs.files];
  if (photographs.length > mostPhotographs) {
    throw {errors: [{field: 'photographs', message: 'must be five at most'}]};
  }
  const {token = {}, ...appeal} = photographs.length > 0 ? await upload(photographs, asked) : {};
  return {asked, contents: JSON.stringify({...fields, ...appeal}), headers: {...asJson, ...token}};
}

function hideLetter() {
  URL.revokeObjectURL(letter.href);
  letter.hidden = true;
}

// Shows nothing of a form that was edited meanwhile.
async function preview() {
  const {asked, contents, headers} = await prepare();
  const response = await fetch('/api/drafts/preview', {method: 'POST', headers, body: contents});
  if (!response.ok) throw await response.json();
  if (asked !== key) return;
  hideLetter();
  letter.href = URL.createObjectURL(await response.blob());
  letter.hidden = false;
  letter.focus();
}

async function order() {
  const {asked, contents, headers} = await prepare();
  const answer = await post('/api/checkout/create-session', contents,
    {...headers, 'Idempotency-Key': asked});
  // Only this tab: whoever uses the computer next must not find it.
  sessionStorage.setItem(`token:${answer.payment_id}`, answer.access_token);
  location.assign(answer.checkout_url);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  clearProblems();
  const buttons = form.querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  try {
    await (event.submitter?.name === 'preview' ? preview() : order());
  } catch (trouble) {
    const answered = trouble.errors || trouble.detail;
    show(answered ? trouble
      : {detail: 'The server could not be reached. Please try again; nothing is ordered twice.'});
  } finally {
    for (const button of buttons) button.disabled = false;
  }
});
