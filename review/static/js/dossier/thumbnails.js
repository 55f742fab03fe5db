// A rail of small pictures, each drawn once when it first comes into the rail, one after another,
// and only while the large page is not waiting.

const WIDTH = 112; // CSS pixels

export function showThumbnails(rail, pages, label) {
  const buttons = Array.from({ length: pages.count }, (_, index) => thumbnail(index + 1, label));
  let queue = Promise.resolve();
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      queue = queue.then(() => draw(target, pages)).catch(() => {}); // a page that fails says so at full size
    }
  }, { root: rail.closest(".dossier-side"), rootMargin: "50% 0px" });
  rail.replaceChildren(...buttons);
  buttons.forEach((button) => seen.observe(button));
  pages.addEventListener("turned", ({ detail }) => mark(buttons, detail));
  mark(buttons, pages.current);
}

function thumbnail(number, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dossier-thumbnail";
  button.dataset.goTo = number;
  button.setAttribute("aria-label", label.replace("{n}", number));
  const caption = document.createElement("span");
  caption.textContent = number;
  button.append(document.createElement("canvas"), caption);
  return button;
}

async function draw(button, pages) {
  const page = await pages.pdf.getPage(Number(button.dataset.goTo));
  const { width } = page.getViewport({ scale: 1 });
  const view = page.getViewport({ scale: WIDTH / width });
  const canvas = button.querySelector("canvas");
  canvas.width = Math.floor(view.width);
  canvas.height = Math.floor(view.height);
  await page.render({ canvas, viewport: view }).promise;
}

function mark(buttons, number) {
  buttons.find((each) => each.hasAttribute("aria-current"))?.removeAttribute("aria-current");
  const button = buttons[number - 1];
  button.setAttribute("aria-current", "page");
  const rail = button.closest(".dossier-rail");
  if (rail.open) keepInView(button, rail.parentElement);
}

// Only the rail scrolls: scrollIntoView would move the whole window.
function keepInView(button, side) {
  const [box, view] = [button.getBoundingClientRect(), side.getBoundingClientRect()];
  if (box.top < view.top || box.bottom > view.bottom) side.scrollTop += box.top - view.top - view.height / 3;
}
