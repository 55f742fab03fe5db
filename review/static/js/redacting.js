// Rectangles over names and stamps: drawn with the mouse, or over a hit of the search. The list on
// the page is what is saved; the rectangles over the pages are only its picture.

const HERE = "dossier-hit-here";
const LEAST = 4; // CSS pixels: a click is no rectangle

const form = () => document.querySelector("[data-mark-form]");
const pageBox = (element) => element.closest(".dossier-page");
const percent = (share) => (100 * Math.min(Math.max(share, 0), 1)).toFixed(2);

// ---- what is marked, shown over its page ----------------------------------------------------

function paint(box) {
  box.querySelectorAll(".mark").forEach((mark) => mark.remove());
  if (box.dataset.turned) return; // places are told on the page as it was scanned
  document.querySelectorAll(`[data-mark][data-page="${box.dataset.page}"]`).forEach(({ dataset }) => {
    const mark = document.createElement("div");
    mark.className = "proposed" in dataset ? "mark mark-proposed" : "mark";
    place(mark, dataset.x0, dataset.y0, dataset.x1, dataset.y1);
    box.append(mark);
  });
}

function place(mark, x0, y0, x1, y1) {
  mark.style.left = `${percent(x0)}%`;
  mark.style.top = `${percent(y0)}%`;
  mark.style.width = `${percent(x1 - x0)}%`;
  mark.style.height = `${percent(y1 - y0)}%`;
}

const paintAll = () => document.querySelectorAll(".dossier-page:has(canvas)").forEach(paint);
document.addEventListener("dossier:drawn", ({ detail }) => paint(detail.box));

// ---- one more -------------------------------------------------------------------------------

function save(box, { left, top, right, bottom }) {
  const { elements } = form();
  const whole = box.getBoundingClientRect();
  elements.page.value = box.dataset.page;
  elements.left.value = percent((left - whole.left) / whole.width);
  elements.top.value = percent((top - whole.top) / whole.height);
  elements.width.value = percent((right - left) / whole.width);
  elements.height.value = percent((bottom - top) / whole.height);
  form().requestSubmit();
}

function between(box, start, end) {
  const whole = box.getBoundingClientRect();
  const inside = (value, low, high) => Math.min(Math.max(value, low), high);
  const [x0, x1] = [start.clientX, end.clientX].map((x) => inside(x, whole.left, whole.right)).sort((a, b) => a - b);
  const [y0, y1] = [start.clientY, end.clientY].map((y) => inside(y, whole.top, whole.bottom)).sort((a, b) => a - b);
  return { left: x0, right: x1, top: y0, bottom: y1 };
}

document.addEventListener("pointerdown", (start) => {
  const box = pageBox(start.target);
  if (!box || start.button !== 0 || start.pointerType === "touch" || box.dataset.turned) return;
  start.preventDefault();
  const mark = document.createElement("div");
  mark.className = "mark mark-drawn";
  box.append(mark);
  const moved = (event) => {
    const whole = box.getBoundingClientRect();
    const { left, right, top, bottom } = between(box, start, event);
    place(mark, (left - whole.left) / whole.width, (top - whole.top) / whole.height, (right - whole.left) / whole.width, (bottom - whole.top) / whole.height);
  };
  const ended = (event) => {
    document.removeEventListener("pointermove", moved);
    mark.remove();
    const drawn = between(box, start, event);
    if (drawn.right - drawn.left > LEAST && drawn.bottom - drawn.top > LEAST) save(box, drawn);
  };
  document.addEventListener("pointermove", moved);
  document.addEventListener("pointerup", ended, { once: true });
});

// ---- over a hit of the search, without a mouse ----------------------------------------------

const hit = () => [...(window.CSS?.highlights?.get(HERE) ?? [])][0];

document.addEventListener("dossier:found", () => {
  form().querySelector("[data-mark-hit]").hidden = !hit();
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-mark-hit]") || !hit()) return;
  save(pageBox(hit().startContainer.parentElement), hit().getBoundingClientRect());
});

// ---- the form -------------------------------------------------------------------------------

let shown = 1;

const tellPage = () => { form().elements.page.value = shown; };
document.addEventListener("dossier:turned", ({ detail }) => { shown = detail.page; tellPage(); });
document.addEventListener("htmx:afterSettle", () => {
  paintAll();
  if (!form().querySelector(".field-error").textContent.trim()) tellPage();
});
