// Indexing by keyboard: the page that is shown is the page that is meant; Enter goes on to the next.

const field = (name) => document.querySelector(`[data-index-${name}]`);
let saving = false;

function next(page) {
  if (page < Number(field("page").max)) document.dispatchEvent(new CustomEvent("dossier:go", { detail: { page: page + 1 } }));
}

document.addEventListener("dossier:turned", ({ detail }) => {
  field("page").value = detail.page;
});

// Nothing typed: the document goes on, and so does the reader.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-index-form]") || field("document").value.trim()) return;
  event.preventDefault();
  event.stopPropagation();
  next(Number(field("page").value));
}, true);

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  saving = target.matches("[data-index-form]") && Number(field("page").value);
});

document.addEventListener("htmx:afterSettle", () => {
  if (!saving) return;
  const page = saving;
  saving = false;
  field("document").focus();
  if (document.getElementById("index").dataset.saved === "yes") next(page);
});

field("document").focus({ preventScroll: true });
