// Signing out leaves no ratings of this reviewer in the browser; what has not reached the server
// is named first, so that nobody throws it away unawares.

import { forget, leftBy } from "./desk/shelter.js";

const form = document.querySelector("form[data-owner]");

form.addEventListener("submit", async (event) => {
  if (form.dataset.cleared) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { owner, unsent } = form.dataset;
  try {
    const left = await leftBy(owner);
    if (left.length && !window.confirm(unsent)) return;
    await forget(owner);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
  form.dataset.cleared = "yes";
  form.requestSubmit();
}, true);
