// The editor of a rubric or a scheme. The order of the page is the order of the rows, so moving one
// is moving its element. What is wrong is asked of the server, where the rules are.

const form = document.getElementById("definition");
const preview = document.querySelector("[data-preview]");
const said = form.querySelector("[data-said]");
const QUIET_MS = 500;
let dirty = "typed" in form.dataset;
let leaving = false;
let timer = 0;
let asking = null;

// ---- unsaved changes and checks ---------------------------------------------------------------

function changed(words = form.dataset.unsaved) {
  dirty = true;
  said.textContent = words;
  said.dataset.state = "unsaved";
  window.clearTimeout(timer);
  timer = window.setTimeout(check, QUIET_MS);
}

async function check() {
  if (asking) asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)), headers, signal });
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.json());
  } catch (error) {
    if (!signal.aborted) form.querySelector("[data-faults]").textContent = form.dataset.unchecked;
  }
}

function show({ problems, sums, faults, preview: sheet }) {
  form.querySelectorAll("[data-problem]").forEach((slot) => {
    const words = (problems[slot.dataset.problem] || []).join("；");
    if (slot.textContent !== words) slot.textContent = words;
    const more = words && slot.closest("details");
    if (more) more.open = true;
  });
  form.querySelectorAll("[aria-describedby$=-problem]").forEach((field) => {
    field.setAttribute("aria-invalid", String(field.name in problems));
  });
  form.querySelectorAll("[data-sum]").forEach((slot) => {
    if (slot.dataset.sum in sums) slot.textContent = sums[slot.dataset.sum];
  });
  form.querySelector("[data-faults]").textContent = faults;
  if (preview && sheet !== null) preview.innerHTML = sheet;
}

form.addEventListener("input", (event) => {
  grow(event.target);
  changed();
});
form.addEventListener("submit", () => { leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  if (dirty && !leaving) event.preventDefault();
});

// A list of levels or deductions always ends in an empty line to go on in.
function grow(field) {
  const last = field.closest(".outline-step");
  if (!last || !field.value || last.nextElementSibling) return;
  const next = last.cloneNode(true);
  next.querySelectorAll("input").forEach((input) => { input.value = ""; });
  last.after(next);
}

// ---- rows: add, remove, move ------------------------------------------------------------------

const rowOf = (element) => element.closest("[data-row]");
const siblings = (row, step) => (step < 0 ? row.previousElementSibling : row.nextElementSibling);

function move(row, step) {
  const beside = siblings(row, step);
  if (beside) {
    beside[step < 0 ? "before" : "after"](row);
    return true;
  }
  const section = row.dataset.kind === "criterion" && siblings(rowOf(row.parentElement), step);
  if (!section) return false;
  const list = section.querySelector("[data-list=criterion]");
  list[step < 0 ? "append" : "prepend"](row);
  return true;
}

function add(button) {
  const kind = button.dataset.add;
  const list = button.parentElement.querySelector(`:scope > [data-list="${kind}"]`) || document.querySelector(`[data-list="${kind}"]`);
  const numbers = [...form.querySelectorAll("[data-row]")].map((row) => Number(row.dataset.row.split("-")[1]));
  const id = `${kind}-${Math.max(0, ...numbers) + 1}`;
  const template = document.querySelector(`template[data-new="${kind}"]`);
  const made = template.cloneNode(true);
  made.innerHTML = made.innerHTML.replaceAll(`${kind}-new`, id);
  list.append(made.content);
  const row = list.lastElementChild;
  openHandles(row);
  row.querySelector("input:not([type=hidden])").focus();
  changed();
}

function remove(row, question) {
  if (question && !window.confirm(question)) return;
  const next = row.nextElementSibling || row.previousElementSibling;
  const fallback = row.parentElement.parentElement.querySelector("[data-add]");
  row.remove();
  (next ? next.querySelector("input:not([type=hidden])") : fallback)?.focus();
  changed(form.dataset.removed);
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act], [data-add]");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.add) { add(button); return; }
  const row = rowOf(button);
  if (button.dataset.act === "remove") { remove(row, button.dataset.ask); return; }
  if (!move(row, button.dataset.act === "up" ? -1 : 1)) return;
  button.focus();
  row.scrollIntoView({ block: "nearest" });
  changed(form.dataset.moved);
});

// Alt and an arrow move the row one is in.
form.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const row = rowOf(event.target);
  if (!event.altKey || !step || !row || row.dataset.kind === "band") return;
  event.preventDefault();
  if (!move(row, step)) return;
  event.target.focus();
  changed(form.dataset.moved);
});

// ---- rows: drag -------------------------------------------------------------------------------

let dragged = null;

function openHandles(root) {
  root.querySelectorAll(".drag-handle").forEach((handle) => { handle.hidden = false; });
}

function clearMarks() {
  form.querySelectorAll(".drop-before, .drop-after").forEach((row) => row.classList.remove("drop-before", "drop-after"));
}

// The row of the same kind under the pointer, and whether its upper half is meant.
function target(event) {
  let row = rowOf(event.target);
  while (row && row.dataset.kind !== dragged.dataset.kind) row = rowOf(row.parentElement);
  if (!row || row === dragged) return null;
  const { top, height } = row.getBoundingClientRect();
  return { row, before: event.clientY < top + height / 2 };
}

form.addEventListener("dragstart", (event) => {
  if (!event.target.matches?.(".drag-handle")) return;
  dragged = rowOf(event.target);
  dragged.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.row);
  event.dataTransfer.setDragImage(dragged, 0, 0);
});
form.addEventListener("dragover", (event) => {
  if (!dragged) return;
  const over = target(event);
  const list = dragged.dataset.kind === "criterion" && event.target.closest(".outline-section")?.querySelector("[data-list=criterion]");
  const empty = list && !list.children.length;
  clearMarks();
  if (!over && !empty) return;
  event.preventDefault();
  if (over) over.row.classList.add(over.before ? "drop-before" : "drop-after");
});
form.addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const over = target(event);
  if (over) over.row[over.before ? "before" : "after"](dragged);
  else event.target.closest(".outline-section")?.querySelector("[data-list=criterion]").append(dragged);
  changed(form.dataset.moved);
});
form.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  clearMarks();
});

// ---- the preview follows the row that is edited -------------------------------------------------

form.addEventListener("focusin", (event) => {
  const code = rowOf(event.target)?.querySelector("[name$='.code']")?.value;
  const item = code && preview?.querySelector(`#${CSS.escape(code)}`);
  const box = preview?.parentElement;
  if (item && getComputedStyle(box).overflowY === "auto") box.scrollTop += item.getBoundingClientRect().top - box.getBoundingClientRect().top - 80;
});

openHandles(form);
