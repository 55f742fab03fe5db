// Sends what changed, one change at a time and in order, until the server has answered for each.
//
// Each change goes under a name of its own. A change whose answer was lost is sent again under the
// same name, and the server answers as it did the first time: nothing is doubled, nothing lost.

import { equal, randomName } from "./values.js";

const ANSWER_MS = 10000; // longest wait for an answer
const RETRY_MS = 8000; // longest pause before the next try

export class Saver extends EventTarget {
  waiting = new Set(); // items with unsaved changes, oldest first
  sending = false;
  failures = 0;
  trouble = ""; // why nothing can be saved at the moment: "offline", "retrying" or "signin"
  closed = ""; // in words, why nothing can be saved any more
  stopped = false;

  #form;
  #timer = 0;
  #abort = null;
  #renewed = false; // the token, since the last save

  constructor(form) {
    super();
    this.#form = form;
    window.addEventListener("online", () => this.retry());
    window.addEventListener("focus", () => { if (this.trouble) this.retry(); });
  }

  // What can be sent now, and what of it comes next.
  get next() {
    return [...this.waiting].find((item) => !item.refused && !item.choose && !item.isBroken);
  }

  schedule(wait) {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#send(), wait);
  }

  // The network may be back: what hangs is given up and sent again at once.
  retry() {
    this.failures = 0;
    this.#abort?.abort();
    if (!this.sending) this.schedule(0);
  }

  async #send() {
    window.clearTimeout(this.#timer);
    const item = this.next;
    if (this.sending || !item || this.closed || this.stopped) return;
    this.sending = true;
    const value = item.read();
    this.#tell("state");
    try {
      await this.#accept(item, value, await this.#post(item, value));
    } catch {
      this.#failed(navigator.onLine ? "retrying" : "offline");
    }
    this.sending = false;
    if (this.next && !this.trouble) this.schedule(0);
    this.#tell("state");
  }

  async #post(item, value) {
    const before = item.tried.find((each) => equal(each.value, value));
    const sent = before || { value, key: randomName() };
    if (!before) item.tried.push(sent);
    const { version, rubric_key: rubric, csrf_token: token } = this.#form.elements;
    const body = new URLSearchParams({ version: version.value, rubric_key: rubric.value, key: sent.key });
    item.fill(body, value);
    const headers = { "X-CSRFToken": token.value, Accept: "application/json" };
    this.#abort = new AbortController();
    const timer = window.setTimeout(() => this.#abort.abort(), ANSWER_MS);
    try {
      const { signal } = this.#abort;
      const answer = await fetch(this.#form.dataset.save, { method: "POST", body, headers, signal, redirect: "error" });
      return { status: answer.status, ok: answer.ok, content: await content(answer) };
    } finally {
      window.clearTimeout(timer);
    }
  }

  #accept(item, value, { ok, status, content }) {
    if (status === 400 || status === 401) return this.#signedOut();
    if (ok && Number.isInteger(content?.version)) return this.#saved(item, value, content);
    if (status === 409 && content?.message) return this.#conflict(content);
    if (status === 422 && content?.message) return this.#refused(item, content);
    return this.#failed("retrying"); // not our answer, whatever its status says
  }

  #saved(item, value, answer) {
    item.base = value;
    item.tried = [];
    this.#calm();
    this.#tell("saved", { item, answer });
  }

  #conflict(answer) {
    if (answer.closed) {
      this.closed = answer.message;
      return;
    }
    this.#calm();
    this.#tell("stale", { answer });
  }

  #refused(item, answer) {
    item.refused = true;
    item.tried = [];
    this.#calm();
    item.problem.textContent = answer.message;
  }

  // Signed in again, what waits is sent at once; but once only, whatever the server has against it.
  async #signedOut() {
    this.#failed("signin");
    if (this.#renewed || !(await this.renewToken())) return;
    this.#renewed = true;
    this.schedule(0);
  }

  // After a new sign-in the page's token is another one; only the same reviewer can fetch it.
  // (A button of the form is called action, so the property is not the address.)
  async renewToken() {
    const answer = await fetch(this.#form.getAttribute("action"), { redirect: "manual" });
    if (!answer.ok) return false; // not signed in yet, or as somebody else
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector('#sheet input[name="csrf_token"]');
    if (fresh) this.#form.elements.csrf_token.value = fresh.value;
    return Boolean(fresh);
  }

  #calm() {
    this.failures = 0;
    this.trouble = "";
    this.#renewed = false;
  }

  // The pause doubles up to its longest; a part of it is chance, so that not all come at once.
  #failed(trouble) {
    this.trouble = trouble;
    this.failures += 1;
    const pause = Math.min(1000 * 2 ** (this.failures - 1), RETRY_MS);
    this.schedule(pause * (0.75 + Math.random() / 4));
  }

  #tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}

// What an answer says; None of one that is not ours, such as the page of a hotel's network.
async function content(answer) {
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  return isJson ? answer.json() : null;
}
