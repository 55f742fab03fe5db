// The dossier beside the page's own work. Whatever happens here, a page that fails to load says so
// in its own frame: nothing outside it is touched, so marking goes on.
//
// Other parts of a page speak with it by attributes and events alone: a button with data-go-to, or
// "dossier:go", shows that page; "dossier:turned" tells which page is read (what a reviewer cites),
// "dossier:drawn" which box has its picture, "dossier:found" that the search stands elsewhere.

import { openDocument } from "./dossier/document.js";
import { Pages } from "./dossier/pages.js";
import { Search } from "./dossier/search.js";
import { takeTurns } from "./dossier/tabs.js";
import { showThumbnails } from "./dossier/thumbnails.js";

const NARROW = "(max-width: 640px)";
const ACTS = {
  previous: (viewer) => viewer.turn(-1),
  next: (viewer) => viewer.turn(1),
  smaller: ({ pages }) => pages.zoomBy(-1),
  larger: ({ pages }) => pages.zoomBy(1),
  width: ({ pages }) => pages.setZoom("width"),
  page: ({ pages }) => pages.setZoom("page"),
  rotate: ({ pages }) => pages.rotate(),
  find: (viewer) => viewer.part("search").focus(),
  "search-previous": ({ search }) => search.step(-1),
  "search-next": ({ search }) => search.step(1),
};
const KEYS = {
  ArrowLeft: "previous",
  ArrowRight: "next",
  "+": "larger",
  "=": "larger",
  "-": "smaller",
  0: "width",
  9: "page",
  r: "rotate",
  "/": "find",
};

class Viewer {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.#listen();
    if (window.matchMedia(NARROW).matches) this.root.querySelectorAll("details").forEach((each) => { each.open = false; });
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  async open() {
    this.#tell(this.words.loading);
    try {
      await this.#show(await openDocument(this.root));
      this.#tell("");
    } catch (fault) {
      this.#tell(fault.name === "PasswordException" ? this.words.locked : this.words.failed, true);
    }
  }

  async #show(opened) {
    const { watermark, pageLabel } = this.words;
    this.pages = new Pages(this.part("pages"), opened, { watermark, label: pageLabel });
    this.part("count").textContent = this.pages.count;
    this.part("number").max = this.pages.count;
    this.pages.addEventListener("turned", ({ detail }) => this.#turned(detail));
    this.pages.addEventListener("drawn", ({ detail }) => this.#say("drawn", detail));
    this.pages.addEventListener("failed", () => this.#tell(this.words.failed, true));
    await this.pages.open(this.#start());
    this.search = new Search(this.pages, this.part("search"), this.part("hits"), this.words);
    this.search.addEventListener("found", () => this.#say("found"));
    showThumbnails(this.part("thumbnails"), this.pages, pageLabel);
    this.root.dataset.ready = "yes";
  }

  turn(by) {
    this.pages.go(this.pages.current + by);
  }

  #tell(text, mayRetry = false) {
    const notice = this.part("notice");
    notice.querySelector("p").textContent = text;
    notice.hidden = !text;
    this.part("retry").hidden = !mayRetry;
  }

  #listen() {
    this.part("retry").addEventListener("click", () => this.open());
    this.root.addEventListener("click", ({ target }) => {
      const act = target.closest("[data-act]")?.dataset.act;
      if (act && this.search) ACTS[act](this);
    });
    this.part("number").addEventListener("change", ({ target }) => this.pages?.go(Number(target.value) || 1));
    this.part("pages").addEventListener("keydown", (event) => this.#key(event));
    this.part("search").addEventListener("input", () => this.search?.soon());
    this.part("search").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.search?.step(event.shiftKey ? -1 : 1);
    });
    document.addEventListener("dossier:go", ({ detail }) => this.pages?.go(detail.page));
    document.addEventListener("click", ({ target }) => this.#goTo(target.closest("[data-go-to]")));
  }

  #key(event) {
    const act = KEYS[event.key];
    if (!act || !this.search || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    ACTS[act](this);
  }

  #goTo(button) {
    if (!button || !this.pages) return;
    this.#say("asked");
    this.pages.go(Number(button.dataset.goTo));
  }

  #turned(number) {
    this.part("number").value = number;
    this.#remember(number);
    this.root.querySelectorAll("[data-first]").forEach((line) => {
      const isHere = Number(line.dataset.first) <= number && number <= Number(line.dataset.last);
      line.toggleAttribute("aria-current", isHere);
    });
    this.#say("turned", { page: number });
  }

  #say(what, detail) {
    this.root.dispatchEvent(new CustomEvent(`dossier:${what}`, { bubbles: true, detail }));
  }

  // Kept in this browser: an identifier that means nothing outside the platform, and a number.
  #remember(number) {
    try {
      localStorage.setItem(`dossier ${this.words.key}`, number);
    } catch {
      // a browser that keeps nothing begins at the first page
    }
  }

  #start() {
    if (this.words.start) return Number(this.words.start);
    try {
      return Number(localStorage.getItem(`dossier ${this.words.key}`)) || 1;
    } catch {
      return 1;
    }
  }
}

takeTurns();
document.querySelectorAll("[data-dossier]").forEach((root) => new Viewer(root).open());
