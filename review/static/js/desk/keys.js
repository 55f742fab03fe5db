// Marking from the keyboard. The keys work while a criterion has the focus, and never in a field
// that takes text: there they are letters.

const TYPED = 'textarea, select, input:not([type="checkbox"])';

const step = (form, by) => {
  const boxes = [...form.querySelectorAll("fieldset[data-code]")];
  const here = boxes.indexOf(document.activeElement.closest("fieldset[data-code]"));
  const box = boxes[Math.min(Math.max(here + by, 0), boxes.length - 1)];
  box.focus();
  box.scrollIntoView({ block: "center" });
};

const KEYS = {
  j: (form) => step(form, 1),
  k: (form) => step(form, -1),
  d: (_form, box) => box?.querySelector("[data-deduct]")?.focus(),
  n: (_form, box) => box?.querySelector('[name$="-not_applicable"], [name$="-found"]')?.click(),
  r: (_form, box) => box?.querySelector("textarea")?.focus(),
  "?": (form) => form.querySelector("[data-keys]").toggleAttribute("open"),
};

// The nth level, or the nth answer where the scheme asks for grades.
function choose(box, n) {
  const button = box?.querySelectorAll("[data-level]")[n - 1];
  const select = box?.querySelector("select");
  if (button) button.click();
  else if (select?.options[n]) {
    select.selectedIndex = n;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function listenToKeys(form) {
  form.tabIndex = -1; // where the skip link leads
  form.querySelectorAll("fieldset[data-code]").forEach((box) => { box.tabIndex = -1; });
  form.addEventListener("keydown", (event) => {
    const box = event.target.closest("fieldset[data-code]");
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('button[value="submit"]'));
    } else if (event.key === "Escape") box?.focus();
    else if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.target.matches(TYPED)) press(form, box, event);
  });
}

function press(form, box, event) {
  const act = KEYS[event.key.toLowerCase()];
  const isNumber = /^[1-9]$/.test(event.key);
  if (!act && !isNumber) return;
  event.preventDefault();
  if (isNumber) choose(box, Number(event.key));
  else act(form, box);
}
