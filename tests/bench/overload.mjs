// overload.mjs URL CONNECTIONS SECONDS FIRST BODY: so many customers, each of whom checks out again as soon as the last
// answer is there, with an appeal of their own (BODY with citation numbers from FIRST on). Prints, as JSON, what was
// accepted and refused, how long each took in milliseconds, and the payments' ids.
import http from 'node:http';

const [url, connections, seconds, first, template] = process.argv.slice(2);
const appeal = JSON.parse(template);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
const end = performance.now() + Number(seconds) * 1000;
let number = Number(first);
const accepted = [];
const refused = [];
const payments = [];
const statuses = {};
let errors = 0;

function checkOut() {
  number += 1;
  const body = JSON.stringify({ ...appeal, citation_number: String(number) });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers };
    const request = http.request(`${url}/api/checkout/create-session`, options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function customer() {
  while (performance.now() < end) {
    const begun = performance.now();
    try {
      const answer = await checkOut();
      const took = performance.now() - begun;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      (answer.status === 200 ? accepted : refused).push(took);
      if (answer.status === 200) payments.push(JSON.parse(answer.body).payment_id);
    } catch {
      errors += 1;
    }
  }
}

function percentile(times, share) {
  times.sort((a, b) => a - b);
  return times.length === 0 ? null : times[Math.min(times.length - 1, Math.floor(times.length * share))];
}

const begun = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, customer));
const took = (performance.now() - begun) / 1000;
agent.destroy();

console.log(JSON.stringify({
  accepted: accepted.length,
  accepted_p50: percentile(accepted, 0.5),
  accepted_p99: percentile(accepted, 0.99),
  refused: refused.length,
  refused_p50: percentile(refused, 0.5),
  refused_p99: percentile(refused, 0.99),
  per_second: accepted.length / took,
  errors,
  next: number + 1,
  statuses,
  payments,
}));
