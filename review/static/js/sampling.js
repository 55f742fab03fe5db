// The draw page: draws again from the published files, and makes commitments for a mixed seed.
import { sha256, verifyDraw } from "./verify_draw.js";

const check = document.getElementById("check-draw");

async function file(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(address);
  return new Uint8Array(await answer.arrayBuffer());
}

async function verdict() {
  const [told, listing] = await Promise.all([file(check.dataset.manifest), file(check.dataset.listing)]);
  const manifest = JSON.parse(new TextDecoder().decode(told));
  const { fault, seal } = verifyDraw(manifest, listing);
  if (fault) return [false, check.dataset.differs + fault];
  // The seal on this page is what the minutes show: the files must be those of this draw.
  const same = seal === check.dataset.seal;
  return same ? [true, check.dataset.agrees] : [false, `${check.dataset.differs}seal`];
}

if (check) {
  const result = document.getElementById("check-result");
  check.hidden = false;
  check.addEventListener("click", async () => {
    check.disabled = true;
    result.textContent = "…";
    result.dataset.agrees = "";
    const [agrees, words] = await verdict().catch(() => [false, check.dataset.broken]);
    result.dataset.agrees = agrees ? "yes" : "no";
    result.textContent = words;
    check.disabled = false;
  });
}

const DIGITS = 30;

function randomDigits() {
  const bytes = new Uint8Array(1);
  let digits = "";
  while (digits.length < DIGITS) {
    crypto.getRandomValues(bytes);
    if (bytes[0] < 250) digits += bytes[0] % 10; // 250 to 255 would favour the small digits
  }
  return digits;
}

const sealing = document.getElementById("sealing");
if (sealing) {
  const [name, value, code, random] = ["name", "value", "code", "random"]
    .map((part) => document.getElementById(`sealing-${part}`));
  const show = () => {
    const ready = name.value.trim() && new RegExp(`^[0-9]{${DIGITS},}$`).test(value.value);
    code.textContent = ready ? sha256(`${name.value.normalize("NFC").trim()}:${value.value}`) : "—";
  };
  random.addEventListener("click", () => { value.value = randomDigits(); show(); });
  sealing.addEventListener("input", show);
  show();
}
