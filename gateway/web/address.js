// Says what to look at again in the address, while there is time: it is only advice, and an order does not wait for it.
'use strict';
{
  const form = document.getElementById('order');
  const advice = document.getElementById('advice');
  const names = {
    user_address_line1: 'Address',
    user_address_line2: 'Apartment, suite',
    user_city: 'City',
    user_state: 'State',
    user_zip: 'ZIP code',
  };
  const optional = 'user_address_line2';

  // Browsers fill in several fields one after the other; they are asked about together.
  const pauseMs = 250;
  let timer = null;
  let asking = null;
  let asked = null;

  const addressOfForm = () => Object.fromEntries(
    Object.keys(names).map((name) => [name, form.elements[name].value.trim()]));

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const inOneLine = (address) => [
    address.user_address_line1, address.user_address_line2, address.user_city,
    `${address.user_state} ${address.user_zip}`].filter((part) => part !== '').join(', ');

  function use(suggestion) {
    for (const name of Object.keys(names)) form.elements[name].value = suggestion[name];
    // Whoever listens to edits of the form must hear of this one.
    form.elements.user_address_line1.dispatchEvent(new Event('input', {bubbles: true}));
    advice.replaceChildren();
    form.elements.user_address_line1.focus();
    ask();
  }

  function show({advice: found, suggestion}) {
    if (found.length === 0 && !suggestion) {
      advice.replaceChildren();
      return;
    }
    const box = element('div', {className: 'advice'});
    if (found.length > 0) {
      box.append(
        element('p', {textContent: 'Will an answer reach you? Please look at your address again:'}),
        element('ul', {}, ...found.map(({field, message}) => element('li', {
          textContent: `${names[field] ?? 'Address'} ${message}.`}))));
    }
    if (suggestion) {
      const button = element('button', {
        type: 'button', className: 'second', textContent: 'Use this address'});
      button.addEventListener('click', () => use(suggestion));
      box.append(
        element('p', {textContent: `The postal service knows this one: ${inOneLine(suggestion)}`}), button);
    }
    advice.replaceChildren(box);
  }

  async function ask() {
    const address = addressOfForm();
    const text = JSON.stringify(address);
    if (text === asked) return;
    asking?.abort();
    asked = text;
    advice.replaceChildren();
    if (Object.keys(names).some((name) => address[name] === '' && name !== optional)) return;
    asking = new AbortController();
    try {
      const response = await fetch('/api/addresses/check', {
        method: 'POST', headers: {'Content-Type': 'application/json'}, body: text, signal: asking.signal});
      if (response.ok && text === asked) show(await response.json());
    } catch {
      // No advice, then; the next edit asks again.
    }
  }

  form.addEventListener('change', (event) => {
    if (!(event.target.name in names)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, pauseMs);
  });
}
