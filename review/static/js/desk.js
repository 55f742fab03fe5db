"use strict";

// The scoring page saves each change in the background, one at a time and in order. A change
// counts as saved only after the server's answer; until then it is shown as unsaved, kept, and
// sent again. When another page has saved meanwhile, nothing is overwritten: the values that
// differ are shown side by side and the reviewer chooses.

(() => {
  const form = document.getElementById("sheet");
  if (!form) return;
  const words = form.dataset;
  const state = form.querySelector("[data-state]");
  const left = form.querySelector("[data-items-left]");
  const version = form.elements.version;
  const suggested = form.querySelector("[data-suggested]");
  const submit = form.querySelector('button[value="submit"]');
  const TEXTS = new Map([["", "comment"], [" ", "overall"]]); // codes that no criterion has → field
  const QUIET_MS = 600;
  const LONGEST_WAIT_MS = 30000;

  const items = new Map(); // criterion code, or one of TEXTS → item
  const queue = new Set(); // items with unsaved changes, oldest first
  let sending = false;
  let failures = 0;
  let renewed = false; // the token, since the last save
  let trouble = "";
  let timer = 0;
  let leaving = false;
  let afterSave = null;

  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // ---- one criterion, or the comment ------------------------------------------------------

  function markItem(box) {
    const code = box.dataset.code;
    const field = (name) => form.elements[`mark_${code}-${name}`];
    const points = field("points");
    const na = field("not_applicable");
    const reason = field("reason");
    const answer = field("answer"); // in place of points, where the scheme asks for grades
    const found = field("found"); // of a veto
    const isNa = () => Boolean(na && na.checked);
    const read = () => ({
      points: points && !isNa() ? plain(points.value) : "",
      not_applicable: isNa(),
      reason: reason.value.trim(),
      answer: answer && !isNa() ? answer.value : "",
      found: Boolean(found && found.checked),
    });
    const write = (value) => {
      if (points) points.value = value.points;
      if (na) na.checked = value.not_applicable;
      if (answer) answer.value = value.answer;
      if (found) found.checked = value.found;
      reason.value = value.reason;
      settle();
    };
    const settle = () => {
      if (points) points.disabled = isNa();
      if (answer) answer.disabled = isNa();
    };
    const problem = box.querySelector(".field-error");
    const shown = (value) => {
      const given = value.not_applicable ? words.na : value.found ? words.found
        : value.points ? say(words.points, { n: value.points }) : value.answer || words.empty;
      return value.reason ? `${given}，${value.reason}` : given;
    };
    const broken = () => Boolean(points) && points.validity.badInput;
    const item = { code, box, read, write, shown, settle, tidy, problem, broken };
    box.querySelectorAll(".levels").forEach((group) => { group.hidden = false; });
    const give = (value, why) => {
      if (na) na.checked = false;
      points.value = value;
      if (why && !reason.value.includes(why)) reason.value = [reason.value.trim(), why].filter(Boolean).join("；");
      settle();
      changed(item, 0);
    };
    box.querySelectorAll("[data-level]").forEach((button) => {
      button.addEventListener("click", () => give(button.dataset.level, button.dataset.reason));
    });
    box.querySelectorAll("[data-deduct]").forEach((button) => {
      button.addEventListener("click", () => {
        const before = points.value === "" ? button.dataset.full : points.value;
        const after = Math.max(0, Number(before) - Number(button.dataset.deduct));
        give(String(Number(after.toFixed(3))), button.dataset.reason);
      });
    });
    settle();
    return item;
  }

  // The comment and the overall judgement are plain text to the page.
  function textItem(box, code, area) {
    return {
      code,
      box,
      read: () => area.value.trim(),
      write: (value) => { area.value = value; },
      shown: (value) => value || words.empty,
      settle: () => {},
      tidy: (value) => value,
      problem: document.getElementById(`${area.name}-problem`),
      broken: () => false,
    };
  }

  // Two marks are compared as text, so the order of their parts must be one.
  function tidy(value) {
    const { points, not_applicable, reason, answer, found } = value;
    return { points, not_applicable, reason, answer, found };
  }

  // 7.50 and 7.5 are the same points; what is no number stays as it is, for the server to name.
  function plain(text) {
    const typed = text.trim();
    return /^\d+(\.\d+)?$/.test(typed) ? String(Number(typed)) : typed;
  }

  function register(item) {
    items.set(item.code, item);
    const isText = TEXTS.has(item.code);
    const kept = isText ? form.elements[TEXTS.get(item.code)].dataset.base : item.box.dataset.base;
    item.base = item.read();
    if (kept !== undefined) {
      item.base = isText ? kept : tidy(JSON.parse(kept));
      if (!equal(item.base, item.read())) changed(item, null);
    }
    item.box.addEventListener("input", () => changed(item, QUIET_MS));
    item.box.addEventListener("change", () => changed(item, 0));
  }

  // ---- saving -----------------------------------------------------------------------------

  function changed(item, wait) {
    item.settle();
    if (item.choose) return; // the two values are shown; a button decides
    item.problem.textContent = item.broken() ? words.number : "";
    const unsaved = item.broken() || !equal(item.read(), item.base);
    item.box.classList.toggle("unsaved", unsaved);
    item.refused = false;
    if (unsaved) queue.add(item); else queue.delete(item);
    show();
    if (unsaved && wait !== null) schedule(wait);
  }

  function schedule(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(send, wait);
  }

  function next() {
    return [...queue].find((item) => !item.refused && !item.choose && !item.broken());
  }

  async function send() {
    window.clearTimeout(timer);
    const item = next();
    if (sending || !item || leaving) return;
    sending = true;
    const value = item.read();
    show();
    let answer = null;
    try {
      answer = await post(item, value);
      await accept(item, value, answer);
    } catch {
      failed(navigator.onLine ? words.retrying : words.offline);
    }
    sending = false;
    show();
    if (next() && !trouble) schedule(0);
    else if (!queue.size && afterSave) afterSave();
  }

  function post(item, value) {
    const body = new URLSearchParams({ version: version.value });
    if (TEXTS.has(item.code)) body.set(TEXTS.get(item.code), value);
    else {
      body.set("criterion", item.code);
      body.set("points", value.points);
      body.set("reason", value.reason);
      body.set("answer", value.answer);
      if (value.found) body.set("found", "y");
      if (value.not_applicable) body.set("not_applicable", "y");
    }
    const token = form.elements.csrf_token.value;
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
    return fetch(words.save, { method: "POST", body, headers, signal, redirect: "error" });
  }

  async function accept(item, value, answer) {
    if (answer.ok) return saved(item, value, await answer.json());
    if (answer.status === 409) return merge(await answer.json());
    if (answer.status === 422) return refuse(item, await answer.json());
    if (answer.status === 400 || answer.status === 401) {
      failed(words.signin);
      return resumeSignedIn();
    }
    return failed(words.retrying);
  }

  function saved(item, value, answer) {
    item.base = value;
    calm();
    progress(answer);
    changed(item, null); // what was typed meanwhile stays in the queue
  }

  function progress(answer) {
    version.value = answer.version;
    state.dataset.time = answer.saved_at;
    if (suggested && answer.suggested) suggested.textContent = answer.suggested;
    left.textContent = answer.left ? say(words.left, { n: answer.left }) : words.complete;
    submit.dataset.confirm = answer.left ? "" : words.confirm; // else the server names what is missing
    form.querySelectorAll("[data-section]").forEach((place) => {
      place.textContent = plain(answer.sections[place.dataset.section]);
    });
  }

  function refuse(item, answer) {
    item.problem.textContent = answer.message;
    item.refused = true;
    calm();
  }

  function calm() {
    failures = 0;
    trouble = "";
    renewed = false;
  }

  function failed(text) {
    trouble = text;
    failures += 1;
    schedule(Math.min(1000 * 2 ** (failures - 1), LONGEST_WAIT_MS));
  }

  // Signed in again, what waits is sent at once; but once only, whatever the server has against it.
  async function resumeSignedIn() {
    if (!(await renewToken()) || renewed) return;
    renewed = true;
    schedule(0);
  }

  // After a new sign-in the page's token is another one; only the same reviewer can fetch it.
  async function renewToken() {
    const answer = await fetch(window.location.pathname, { redirect: "manual" });
    if (!answer.ok) return false; // not signed in yet, or as somebody else
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector('#sheet input[name="csrf_token"]');
    if (fresh) form.elements.csrf_token.value = fresh.value;
    return Boolean(fresh);
  }

  // ---- two pages on one sheet -------------------------------------------------------------

  function merge(answer) {
    if (answer.closed) {
      trouble = answer.message;
      leaving = true;
      return;
    }
    calm();
    progress(answer);
    const none = { points: "", not_applicable: false, reason: "", answer: "", found: false };
    items.forEach((item) => {
      const theirs = item.tidy(TEXTS.has(item.code) ? answer[TEXTS.get(item.code)] : answer.marks[item.code] || none);
      if (equal(theirs, item.base)) return;
      const mine = item.read();
      const untouched = equal(mine, item.base);
      item.base = theirs;
      if (untouched) item.write(theirs);
      if (untouched || equal(mine, theirs)) changed(item, null);
      else offerChoice(item, theirs);
    });
  }

  function offerChoice(item, theirs) {
    if (item.choose) item.choose.remove();
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = say(words.conflict, { value: item.shown(theirs) });
    const choice = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-primary btn-sm";
      button.textContent = label;
      button.addEventListener("click", () => {
        box.remove();
        item.choose = null;
        act();
        changed(item, 0);
      });
      return button;
    };
    const keep = choice(words.keep, () => {});
    const take = choice(words.take, () => item.write(theirs));
    box.append(text, keep, take);
    item.choose = box;
    item.box.append(box);
  }

  // ---- what the footer says ---------------------------------------------------------------

  function show() {
    const n = queue.size;
    if (leaving && trouble) state.textContent = trouble;
    else if (trouble) state.textContent = say(trouble, { n });
    else if (sending && n === 1) state.textContent = words.saving;
    else if (n) state.textContent = say(words.unsaved, { n });
    else if (state.dataset.time) state.textContent = say(words.saved, { time: state.dataset.time });
    state.dataset.state = n || trouble ? "unsaved" : "saved";
  }

  // ---- leaving and submitting -------------------------------------------------------------

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!queue.size && !sending) {
      leaving = true;
      window.setTimeout(() => { if (event.defaultPrevented) leaving = false; }, 0);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    afterSave = () => { afterSave = null; form.requestSubmit(button); };
    trouble = "";
    if (next()) send();
    if (!navigator.onLine || !next()) state.textContent = words.wait;
  });

  window.addEventListener("beforeunload", (event) => {
    if (queue.size && !(leaving && !trouble)) event.preventDefault();
  });
  window.addEventListener("online", () => { failures = 0; send(); });
  window.addEventListener("focus", () => { if (trouble) send(); });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !queue.size) window.location.reload();
  });

  form.reset(); // a browser that refills a reloaded page would show what was never saved
  form.querySelectorAll("fieldset[data-code]").forEach((box) => register(markItem(box)));
  TEXTS.forEach((name, code) => {
    const box = form.querySelector(`[data-${name}]`);
    if (box) register(textItem(box, code, form.elements[name]));
  });
})();
