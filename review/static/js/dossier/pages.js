// The pages of a dossier as one scrolling column. Every page has its box from the start; only
// boxes near the window hold a picture and its text, so that 400 pages cost no more than five.

import { drawWatermark } from "./watermark.js";

const FIRST = "dossier-first-page"; // when the reader sees something: a measure for benchmarks
const MOST_PIXELS = 16_000_000;
const GAP = 24; // CSS pixels left and right of a page that fits the width
const MARGIN = 4;
const SMALLEST = 0.25;
const LARGEST = 5;
const STEP = 1.25;

export class Pages extends EventTarget {
  constructor(frame, { pdfjs, pdf }, { watermark, label }) {
    super();
    Object.assign(this, { frame, pdfjs, pdf, watermark, label });
    this.count = pdf.numPages;
    this.zoom = "width";
    this.current = 1;
    this.near = new IntersectionObserver((seen) => seen.forEach((entry) => this.#moved(entry)), {
      root: frame,
      rootMargin: "75% 0px",
    });
  }

  // Lay all boxes out at the size of the page to begin with; others correct theirs when drawn. The
  // reader waits for that one page: whatever else there is to draw waits until it is there.
  async open(wanted) {
    const start = clamp(wanted, 1, this.count);
    const page = await this.pdf.getPage(start);
    const size = sizeOf(page);
    this.sheets = Array.from({ length: this.count }, (_, index) => this.#sheet(index + 1, size));
    this.frame.replaceChildren(...this.sheets.map((sheet) => sheet.box));
    this.#fit();
    this.go(start);
    await this.#draw(this.sheets[start - 1]);
    this.sheets.forEach((sheet) => this.near.observe(sheet.box));
    this.frame.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(this.frame);
  }

  go(number, fraction = 0) {
    const sheet = this.sheets[clamp(number, 1, this.count) - 1];
    this.frame.scrollTop = sheet.box.offsetTop - MARGIN + fraction * sheet.box.clientHeight;
    this.#turn(sheet.number);
  }

  setZoom(zoom) {
    this.zoom = zoom;
    this.#layOut();
  }

  zoomBy(steps) {
    const now = this.#scale(this.sheets[this.current - 1]);
    this.setZoom(clamp(now * STEP ** steps, SMALLEST, LARGEST));
  }

  rotate() {
    const sheet = this.sheets[this.current - 1];
    sheet.turned = (sheet.turned + 90) % 360;
    sheet.box.dataset.turned = sheet.turned || "";
    this.#layOut();
  }

  // The text of a page: what is searched and what is laid over the picture are the same.
  text(number) {
    const sheet = this.sheets[number - 1];
    sheet.text ??= this.pdf.getPage(number).then((page) => page.getTextContent());
    return sheet.text;
  }

  // Where an item of a page's text stands on the screen, once the page is drawn.
  async spans(number) {
    const sheet = this.sheets[number - 1];
    await this.#draw(sheet);
    return sheet.spans ?? [];
  }

  #sheet(number, size) {
    const box = document.createElement("div");
    box.className = "dossier-page";
    box.dataset.page = number;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", this.label.replace("{n}", number));
    return { number, box, size, turned: 0, drawn: "", drawing: null };
  }

  #scale({ size, turned }) {
    if (typeof this.zoom === "number") return this.zoom;
    const [width, height] = turned % 180 ? [size.height, size.width] : [size.width, size.height];
    const wide = (this.space.width - GAP) / width;
    return Math.max(SMALLEST / 2, this.zoom === "page" ? Math.min(wide, (this.space.height - 8) / height) : wide);
  }

  // The frame is measured once: asked between two boxes, it would be laid out anew for each.
  #fit() {
    this.space = { width: this.frame.clientWidth, height: this.frame.clientHeight };
    for (const sheet of this.sheets) {
      const scale = this.#scale(sheet);
      const { width, height } = sheet.size;
      const [w, h] = sheet.turned % 180 ? [height, width] : [width, height];
      sheet.box.style.width = `${Math.floor(w * scale)}px`;
      sheet.box.style.height = `${Math.floor(h * scale)}px`;
    }
  }

  // The line that is being read stays where it is, whatever changes its size.
  #layOut() {
    const { box } = this.sheets[this.current - 1];
    const read = (this.frame.scrollTop - box.offsetTop) / box.clientHeight;
    this.#fit();
    this.frame.scrollTop = box.offsetTop + read * box.clientHeight;
    this.sheets.filter((sheet) => sheet.isNear).forEach((sheet) => this.#draw(sheet));
  }

  #resized() {
    if (this.frame.clientWidth && typeof this.zoom !== "number") this.#layOut();
  }

  #scrolled() {
    cancelAnimationFrame(this.frame.asked);
    this.frame.asked = requestAnimationFrame(() => {
      if (!this.frame.clientHeight) return; // hidden: the place is kept
      const line = this.frame.scrollTop + this.frame.clientHeight / 3;
      let [low, high] = [0, this.count - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.sheets[middle].box.offsetTop <= line) low = middle; else high = middle - 1;
      }
      this.#turn(low + 1);
    });
  }

  #turn(number) {
    if (number === this.current && this.said) return;
    this.current = number;
    this.said = true;
    this.dispatchEvent(new CustomEvent("turned", { detail: number }));
  }

  #moved({ target, isIntersecting }) {
    const sheet = this.sheets[target.dataset.page - 1];
    sheet.isNear = isIntersecting;
    if (isIntersecting) this.#draw(sheet);
    else this.#clear(sheet);
  }

  #clear(sheet) {
    sheet.task?.cancel();
    sheet.box.replaceChildren();
    Object.assign(sheet, { drawn: "", drawing: null, spans: null, task: null });
  }

  // One drawing per page at a time; asked again at another size it begins anew.
  #draw(sheet) {
    const asked = `${this.#scale(sheet)} ${sheet.turned}`;
    if (sheet.drawn === asked) return sheet.drawing;
    sheet.task?.cancel();
    sheet.drawn = asked;
    sheet.drawing = this.#paint(sheet, asked).catch((fault) => {
      if (sheet.drawn !== asked) return; // it left the window, or changed its size, meanwhile
      sheet.drawn = "";
      this.dispatchEvent(new CustomEvent("failed", { detail: { number: sheet.number, fault } }));
    });
    return sheet.drawing;
  }

  async #paint(sheet, asked) {
    const page = await this.pdf.getPage(sheet.number);
    if (sheet.drawn !== asked) return null;
    if (this.#correct(sheet, sizeOf(page))) return this.#draw(sheet);
    const rotation = (page.rotate + sheet.turned) % 360;
    const view = page.getViewport({ scale: this.#scale(sheet), rotation });
    const canvas = document.createElement("canvas");
    const ratio = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (view.width * view.height)));
    canvas.width = Math.floor(view.width * ratio);
    canvas.height = Math.floor(view.height * ratio);
    sheet.task = page.render({ canvas, viewport: view.clone({ scale: view.scale * ratio }) });
    await sheet.task.promise;
    drawWatermark(canvas, this.watermark, ratio);
    sheet.box.replaceChildren(canvas);
    if (!performance.getEntriesByName(FIRST).length) performance.mark(FIRST);
    const layer = await this.#lay(sheet, view);
    if (sheet.drawn !== asked) return null;
    sheet.box.append(layer);
    this.dispatchEvent(new CustomEvent("drawn", { detail: { page: sheet.number, box: sheet.box } }));
    return null;
  }

  #correct(sheet, size) {
    if (size.width === sheet.size.width && size.height === sheet.size.height) return false;
    Object.assign(sheet, { size, drawn: "" });
    this.#layOut();
    return true;
  }

  async #lay(sheet, view) {
    const layer = document.createElement("div");
    layer.className = "text-layer";
    layer.style.setProperty("--total-scale-factor", view.scale);
    const text = new this.pdfjs.TextLayer({
      textContentSource: await this.text(sheet.number),
      container: layer,
      viewport: view,
    });
    await text.render();
    sheet.spans = text.textDivs;
    return layer;
  }
}

function sizeOf(page) {
  const { width, height } = page.getViewport({ scale: 1 });
  return { width, height };
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
