// The scoring page saves each change in the background. A change counts as saved only after the
// server's answer; until then it is shown as unsaved, kept, and sent again. When another page has
// saved meanwhile, nothing is overwritten: values that differ are shown and the reviewer chooses.

import { offerChoice } from "./desk/choice.js";
import { saveDraftFile } from "./desk/draft_file.js";
import { MarkItem, TextItem } from "./desk/items.js";
import { listenToKeys } from "./desk/keys.js";
import { Saver } from "./desk/saver.js";
import { Shelter } from "./desk/shelter.js";
import { SignIn } from "./desk/sign_in.js";
import { equal, plain, ratingOf, say } from "./desk/values.js";

const QUIET_MS = 600;

class Desk {
  items = new Map();
  shelter = null;
  kept = [];
  afterSave = null;

  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.state = form.querySelector("[data-state]");
    this.signIn = form.querySelector("button[data-sign-in]");
    this.draftFile = form.querySelector("button[data-draft-file]");
    this.saver = new Saver(form);
    this.saver.addEventListener("state", () => this.#settled());
    this.saver.addEventListener("saved", ({ detail }) => this.#saved(detail));
    this.saver.addEventListener("stale", ({ detail }) => this.#merge(detail.answer));
    form.reset(); // a browser that refills a reloaded page would show what was never saved
    form.querySelectorAll("fieldset[data-code]").forEach((box) => this.#addMark(box));
    form.querySelectorAll("[data-text]").forEach((box) => this.#add(new TextItem(box, form.elements[box.dataset.text], this.words)));
    this.#listen();
    listenToKeys(form);
  }

  // ---- items ------------------------------------------------------------------------------

  #addMark(box) {
    const item = new MarkItem(box, this.form.elements, this.words);
    box.querySelectorAll(".levels").forEach((group) => { group.hidden = false; });
    box.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-level], [data-deduct]");
      if (!button) return;
      const { level, deduct, full, reason } = button.dataset;
      if (deduct) item.deduct(deduct, full, reason);
      else item.give(level, reason);
      this.#changed(item, 0);
    });
    this.#add(item);
  }

  #add(item) {
    this.items.set(item.code, item);
    if (!equal(item.base, item.read())) this.#changed(item, null); // typed before, and refused
    item.box.addEventListener("input", () => this.#changed(item, QUIET_MS));
    item.box.addEventListener("change", () => this.#changed(item, 0));
  }

  // A change is shown as unsaved at once, and sent after `wait`; after none for null.
  #changed(item, wait) {
    item.settle();
    if (item.choose) return; // the two values are shown; a button decides
    item.problem.textContent = item.isBroken ? this.words.number : "";
    const unsaved = item.isBroken || !equal(item.read(), item.base);
    item.box.classList.toggle("unsaved", unsaved);
    item.refused = false;
    if (unsaved) this.saver.waiting.add(item);
    else this.saver.waiting.delete(item);
    this.#keep();
    this.#show();
    if (unsaved && wait !== null) this.saver.schedule(wait);
  }

  // ---- what this browser keeps ------------------------------------------------------------

  get ratings() {
    const rated = [...this.saver.waiting].filter((item) => item.isRated && !item.isBroken);
    const told = rated.map((item) => ({ code: item.code, rating: ratingOf(item.read()), base: ratingOf(item.base) }));
    return told.filter(({ rating, base }) => !equal(rating, base));
  }

  // Typing a text changes no rating, and writes nothing.
  #keep() {
    const { ratings } = this;
    if (!this.shelter || equal(ratings, this.kept)) return;
    this.kept = ratings;
    this.shelter.keep(ratings).catch(() => { this.shelter = null; });
  }

  // What an earlier page could not send is taken up again, in its order.
  async restore() {
    try {
      this.shelter = await Shelter.open(this.words);
      this.form.removeAttribute("data-shelter-key");
      if (!this.shelter) return;
      const { ratings, release } = await this.shelter.earlier();
      ratings.forEach((kept) => this.#restore(kept));
      this.kept = this.ratings;
      await this.shelter.keep(this.kept);
      await release();
    } catch {
      this.shelter = null; // a browser that keeps nothing still saves
    }
  }

  #restore({ code, rating, base }) {
    const item = this.items.get(code);
    if (!item || !equal(item.read(), item.base)) return;
    const stored = ratingOf(item.base);
    if (equal(rating, stored)) return; // it had arrived; only the answer was lost
    item.write({ ...item.base, ...rating });
    this.#changed(item, 0);
    if (!equal(base, stored)) this.#choose(item, item.base);
  }

  // ---- the server's answers ---------------------------------------------------------------

  #saved({ item, answer }) {
    this.#progress(answer);
    this.#changed(item, null); // what was typed meanwhile stays in the queue
  }

  #progress(answer) {
    const { form, words } = this;
    form.elements.version.value = answer.version;
    this.state.dataset.time = answer.saved_at;
    this.isLate = answer.late;
    const suggested = form.querySelector("[data-suggested]");
    if (suggested && answer.suggested) suggested.textContent = answer.suggested;
    const left = form.querySelector("[data-items-left]");
    left.textContent = answer.left ? say(words.left, { n: answer.left }) : words.complete;
    // Of an incomplete sheet the server names what is missing, before anybody is asked.
    form.querySelector('button[value="submit"]').dataset.confirm = answer.left ? "" : words.confirm;
    form.querySelectorAll("[data-section]").forEach((place) => {
      place.textContent = plain(answer.sections[place.dataset.section]);
    });
  }

  #merge(answer) {
    this.#progress(answer);
    this.items.forEach((item) => {
      const theirs = item.stored(answer), mine = item.read();
      if (equal(theirs, item.base)) return;
      const isOurs = item.tried.some(({ value }) => equal(value, theirs)); // its answer was lost
      const untouched = equal(mine, item.base);
      item.base = theirs;
      if (untouched) item.write(theirs);
      this.#changed(item, null);
      if (!untouched && !isOurs && !equal(mine, theirs)) this.#choose(item, theirs);
    });
  }

  async #choose(item, theirs) {
    await offerChoice(item, theirs, this.words);
    this.#changed(item, 0);
  }

  // ---- what the footer says ---------------------------------------------------------------

  #settled() {
    this.#show();
    if (!this.saver.waiting.size && !this.saver.sending && this.afterSave) this.afterSave();
  }

  #show() {
    const { saver, state, words } = this;
    const n = saver.waiting.size;
    if (saver.closed) state.textContent = saver.closed;
    else if (saver.trouble) state.textContent = say(this.#trouble(), { n });
    else if (saver.sending && n === 1) state.textContent = words.saving;
    else if (n) state.textContent = say(words.unsaved, { n });
    else if (state.dataset.time) state.textContent = say(this.isLate ? words.late : words.saved, { time: state.dataset.time });
    this.draftFile.hidden = !this.shelter || !["offline", "retrying"].includes(saver.trouble);
    this.signIn.hidden = saver.trouble !== "signin";
    state.dataset.state = n || saver.trouble || saver.closed ? "unsaved" : "saved";
  }

  #trouble() {
    const isKept = this.saver.trouble === "offline" && this.shelter;
    return this.words[isKept ? "sheltered" : this.saver.trouble];
  }

  // ---- leaving and submitting -------------------------------------------------------------

  #listen() {
    const { form, saver } = this;
    form.addEventListener("submit", (event) => this.#submit(event));
    const dialog = document.querySelector("[data-sign-in-dialog]");
    const signIn = new SignIn(dialog, () => saver.renewToken(), () => saver.retry());
    this.signIn.addEventListener("click", () => signIn.open());
    this.draftFile.addEventListener("click", () => {
      const { task } = this.words, { draftFile: name } = this.draftFile.dataset;
      saveDraftFile(this.shelter, [...this.items.values()], { task, name, rubric: form.elements.rubric_key.value });
    });
    window.addEventListener("beforeunload", (event) => {
      if (saver.waiting.size && !saver.stopped && !saver.closed) event.preventDefault();
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && !saver.waiting.size) window.location.reload();
    });
  }

  // The sheet goes out only after all that waits is saved.
  #submit(event) {
    const { saver } = this;
    const button = event.submitter;
    if (!saver.waiting.size && !saver.sending) {
      saver.stopped = true;
      window.setTimeout(() => { if (event.defaultPrevented) saver.stopped = false; }, 0);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.afterSave = () => {
      this.afterSave = null;
      this.form.requestSubmit(button);
    };
    saver.trouble = "";
    saver.schedule(0);
    if (!navigator.onLine || !saver.next) this.state.textContent = this.words.wait;
  }
}

const form = document.getElementById("sheet");
if (form) new Desk(form).restore();
