// Takes a marking over with one click and shows what the decided marks come to so far.
"use strict";

(() => {
  const form = document.querySelector("[data-decision]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[data-mark]")];
  const shown = form.querySelector("[data-total]");

  // Only an aid: the server works out the total that counts, with all rules of the rubric.
  const total = () => {
    const given = boxes.filter((box) => box.value.trim() !== "" && !Number.isNaN(Number(box.value)));
    const possible = given.reduce((sum, box) => sum + Number(box.dataset.mark), 0);
    const earned = given.reduce((sum, box) => sum + Number(box.value), 0);
    const open = boxes.filter((box) => box.value.trim() === "").length;
    if (!possible || open) return open ? `− ${open}` : "";
    return `≈ ${((100 * earned) / possible).toFixed(1)}`;
  };
  const refresh = () => {
    if (shown) shown.textContent = total();
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-accept]");
    if (!button) return;
    document.getElementById(button.dataset.accept).value = button.dataset.value;
    refresh();
  });
  form.addEventListener("input", refresh);
  refresh();
})();
