"use strict";

// Every htmx request carries the page's CSRF token.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  event.detail.headers["X-CSRFToken"] = token.content;
});

// A form that is refused comes back with its reasons: they are shown in its place.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status !== 422) return;
  detail.shouldSwap = true;
  detail.isError = false;
});

// A button that asks first names its question in data-confirm.
document.addEventListener("submit", (event) => {
  const question = event.submitter && event.submitter.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A form is sent once: its buttons rest and a line runs until the answer comes. The pressed
// button's own name and value are already on their way when it is disabled a moment later.
// A form that answers with a file never leaves the page, so it wakes up again by itself.
const WAKE_AFTER = 20000;
const line = () => document.getElementById("progress-line");

function rest(form, button) {
  const buttons = [...form.elements].filter((each) => each.type === "submit" && !each.disabled);
  const words = button && !button.classList.contains("btn-quiet") ? button.textContent : null;
  buttons.forEach((each) => { each.disabled = true; });
  if (words !== null && button.tagName === "BUTTON") button.textContent = document.body.dataset.sending;
  line().hidden = false;
  form.wake = () => {
    buttons.forEach((each) => { each.disabled = false; });
    if (words !== null && button.tagName === "BUTTON") button.textContent = words;
    line().hidden = true;
    delete form.wake;
    delete form.dataset.sent;
  };
  window.setTimeout(() => { if (form.wake) form.wake(); }, WAKE_AFTER);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const byHtmx = form.closest("[hx-post], [hx-get], [hx-put]") || (event.submitter && event.submitter.closest("[hx-post]"));
  if (event.defaultPrevented || byHtmx || form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  window.setTimeout(() => rest(form, event.submitter), 0);
});

// Coming back by the browser's own button shows the page as it was left: wake it.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form").forEach((form) => { if (form.wake) form.wake(); });
});

// The line also runs while htmx waits.
let waiting = 0;
document.addEventListener("htmx:beforeRequest", () => { waiting += 1; line().hidden = false; });
document.addEventListener("htmx:afterRequest", () => { waiting -= 1; line().hidden = waiting === 0; });

// Without a network the page says so.
function showNetwork() { document.getElementById("offline-bar").hidden = navigator.onLine; }
window.addEventListener("online", showNetwork);
window.addEventListener("offline", showNetwork);

// A table or chart wider than its window can be scrolled from the keyboard.
function openScrollers() {
  document.querySelectorAll(".table-responsive, .chart").forEach((box) => {
    const image = box.querySelector("img"); // one still loading has its least width only
    const least = image ? parseFloat(getComputedStyle(image).minWidth) || 0 : 0;
    const scrolls = Math.max(box.scrollWidth, least) > box.clientWidth;
    if (!scrolls) { box.removeAttribute("tabindex"); return; }
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    if (!box.hasAttribute("aria-label")) box.setAttribute("aria-label", image?.alt || document.body.dataset.scroll);
  });
}
window.addEventListener("resize", openScrollers);
document.addEventListener("load", openScrollers, true); // an image has its width only now
document.addEventListener("DOMContentLoaded", () => { openScrollers(); showNetwork(); });
document.addEventListener("htmx:afterSettle", openScrollers);

// A box with data-ticks-all ticks every box of its field set, and follows them.
document.addEventListener("change", (event) => {
  const group = event.target.closest("fieldset");
  const all = group && group.querySelector("[data-ticks-all]");
  if (!all) return;
  const boxes = [...group.querySelectorAll("input[name]")];
  if (event.target === all) boxes.forEach((box) => { box.checked = all.checked; });
  else all.checked = boxes.every((box) => box.checked);
});
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".tick-all").forEach((label) => { label.hidden = false; });
});
