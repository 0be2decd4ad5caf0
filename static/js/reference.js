// @ts-check
/** Tries an endpoint of the API from its form, as the person who is signed in. */

const SHOWN = 100_000; // characters of an answer that are shown

/** @param {HTMLFormElement} form the address that its fields make up */
function addressOf(form) {
  const query = new URLSearchParams();
  let path = form.dataset.path ?? "";
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[data-in]"))) {
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.dataset.in === "query" && field.value) query.set(field.name, field.value);
  }
  return query.size ? `${path}?${query}` : path;
}

/** @param {HTMLFormElement} form the request that it stands for */
function requestOf(form) {
  const { method = "GET", kind = "" } = form.dataset;
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
  const file = /** @type {HTMLInputElement | null} */ (form.querySelector("input[type=file]"))?.files?.[0];
  const body = file ?? (kind ? form.querySelector("textarea")?.value : undefined);
  const own = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll('[data-in="header"]'));
  const named = [...own].filter((field) => field.value).map((field) => [field.name, field.value]);
  const headers = { ...Object.fromEntries(named), ...(kind && { "Content-Type": kind }), "X-CSRFToken": token };
  return new Request(addressOf(form), { method, body, headers });
}

/** @param {Response} answer what of it can be read */
async function words(answer) {
  if (!answer.headers.get("Content-Type")?.includes("json")) return `${(await answer.blob()).size} bytes`;
  const text = JSON.stringify(await answer.json(), null, 2);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}\n…` : text;
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const status = /** @type {HTMLElement} */ (form.querySelector("[data-status]"));
  const told = /** @type {HTMLElement} */ (form.querySelector("[data-answer]"));
  status.textContent = "Sent. Waiting for the answer.";
  try {
    const answer = await fetch(requestOf(form));
    told.textContent = await words(answer);
    told.hidden = false;
    status.textContent = `${answer.status} ${answer.statusText}`;
  } catch {
    status.textContent = "No answer came. Check the connection, and send again.";
  }
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-try]"))) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}
