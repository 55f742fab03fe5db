// Two values for one thing, written in two places: both are shown and the reviewer chooses.

import { say } from "./values.js";

// Resolves to whether the other value was taken.
export function offerChoice(item, theirs, words) {
  item.choose?.remove();
  const box = document.createElement("div");
  box.className = "conflict";
  box.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.textContent = say(words.conflict, { value: item.shown(theirs) });
  item.choose = box;
  return new Promise((resolve) => {
    const choice = (label, taken) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-primary btn-sm";
      button.textContent = label;
      button.addEventListener("click", () => {
        box.remove();
        item.choose = null;
        if (taken) item.write(theirs);
        resolve(taken);
      });
      return button;
    };
    box.append(text, choice(words.keep, false), choice(words.take, true));
    item.box.append(box);
  });
}
