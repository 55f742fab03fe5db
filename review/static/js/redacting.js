// Rectangles over names and stamps: drawn with the mouse, or over a hit of the search. The list on
// the page is what is saved; the rectangles over the pages are only its picture.

const HERE = "dossier-hit-here";
const LEAST = 4; // CSS pixels: a click is no rectangle

const form = () => document.querySelector("[data-mark-form]");
const pageBox = (element) => element.closest(".dossier-page");
const percent = (share) => (100 * Math.min(Math.max(share, 0), 1)).toFixed(2);

// ---- what is marked, shown over its page ----------------------------------------------------

// Places are told on the page as it was scanned. Where a point of it stands on a page that is shown
// turned, both in shares of the page; turned on to 360 degrees, where a point shown was scanned.
const turn = ([x, y], degrees) => (degrees ? turn([1 - y, x], degrees - 90) : [x, y]);

const degrees = (box) => Number(box.dataset.turned || 0);

function turned({ x0, y0, x1, y1 }, degrees) {
  const [a, b] = [turn([x0, y0], degrees), turn([x1, y1], degrees)];
  const [left, right] = [a[0], b[0]].sort((p, q) => p - q);
  const [top, bottom] = [a[1], b[1]].sort((p, q) => p - q);
  return { x0: left, y0: top, x1: right, y1: bottom };
}

function paint(box) {
  box.querySelectorAll(".mark").forEach((mark) => mark.remove());
  document.querySelectorAll(`[data-mark][data-page="${box.dataset.page}"]`).forEach(({ dataset }) => {
    const mark = document.createElement("div");
    mark.className = "proposed" in dataset ? "mark mark-proposed" : "mark";
    const { x0, y0, x1, y1 } = dataset;
    place(mark, turned({ x0: +x0, y0: +y0, x1: +x1, y1: +y1 }, degrees(box)));
    box.append(mark);
  });
}

function place(mark, { x0, y0, x1, y1 }) {
  mark.style.left = `${percent(x0)}%`;
  mark.style.top = `${percent(y0)}%`;
  mark.style.width = `${percent(x1 - x0)}%`;
  mark.style.height = `${percent(y1 - y0)}%`;
}

const paintAll = () => document.querySelectorAll(".dossier-page:has(canvas)").forEach(paint);
document.addEventListener("dossier:drawn", ({ detail }) => paint(detail.box));

// ---- one more -------------------------------------------------------------------------------

function shares(box, { left, top, right, bottom }) {
  const whole = box.getBoundingClientRect();
  const [x0, x1] = [left, right].map((x) => (x - whole.left) / whole.width);
  const [y0, y1] = [top, bottom].map((y) => (y - whole.top) / whole.height);
  return { x0, y0, x1, y1 };
}

function save(box, area) {
  const { elements } = form();
  const { x0, y0, x1, y1 } = turned(shares(box, area), (360 - degrees(box)) % 360);
  elements.page.value = box.dataset.page;
  elements.left.value = percent(x0);
  elements.top.value = percent(y0);
  elements.width.value = percent(x1 - x0);
  elements.height.value = percent(y1 - y0);
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
  if (!box || start.button !== 0 || start.pointerType === "touch") return;
  start.preventDefault();
  const mark = document.createElement("div");
  mark.className = "mark mark-drawn";
  box.append(mark);
  const moved = (event) => {
    place(mark, shares(box, between(box, start, event)));
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
