// Search in the text of a dossier. Spaces and line ends do not count: Chinese has none, and a
// scanner's text layer puts them anywhere.

const HIT = "dossier-hit";
const HERE = "dossier-hit-here";
const WAIT = 250; // milliseconds after the last key

export class Search extends EventTarget {
  constructor(pages, field, count, words) {
    super();
    Object.assign(this, { pages, field, count, words, hits: [], at: -1, asked: "" });
    pages.addEventListener("drawn", () => this.#paint());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(), WAIT);
  }

  async find() {
    const asked = plain(this.field.value);
    if (asked === this.asked) return;
    Object.assign(this, { asked, hits: [], at: -1 });
    this.#paint();
    let letters = 0;
    for (let number = 1; asked && number <= this.pages.count; number += 1) {
      const { items } = await this.pages.text(number);
      if (asked !== this.asked) return; // another word was typed meanwhile
      const { text, places } = flatten(items);
      letters += text.length;
      this.hits.push(...matches(text, asked).map((at) => hit(number, places[at], places[at + asked.length - 1])));
      this.#say(number);
      if (this.at < 0 && this.hits.length && number >= this.pages.current) await this.#show(this.#nearest());
    }
    if (this.at < 0 && this.hits.length) await this.#show(0);
    this.#say(this.pages.count, letters);
  }

  async step(by) {
    clearTimeout(this.timer);
    if (plain(this.field.value) !== this.asked) return this.find();
    if (!this.hits.length) return null;
    return this.#show((this.at + by + this.hits.length) % this.hits.length);
  }

  #nearest() {
    const ahead = this.hits.findIndex((each) => each.number >= this.pages.current);
    return Math.max(ahead, 0);
  }

  async #show(index) {
    this.at = index;
    const { number } = this.hits[index];
    this.pages.go(number);
    await this.pages.spans(number);
    this.#paint();
    this.#say(this.pages.count);
    this.#reveal();
  }

  #reveal() {
    const [range] = CSS.highlights?.get(HERE) ?? [];
    if (!range) return;
    const { frame } = this.pages;
    const box = range.getBoundingClientRect();
    const view = frame.getBoundingClientRect();
    if (box.top < view.top || box.bottom > view.bottom) frame.scrollTop += box.top - view.top - view.height / 3;
  }

  // The browser paints the ranges itself: the text stays as it is.
  #paint() {
    if (!window.Highlight) return;
    const ranges = this.hits.map((each) => this.#range(each));
    CSS.highlights.set(HIT, new Highlight(...ranges.filter(Boolean)));
    CSS.highlights.set(HERE, new Highlight(...[ranges[this.at]].filter(Boolean)));
    this.dispatchEvent(new Event("found"));
  }

  #range({ number, from, to }) {
    const { spans } = this.pages.sheets[number - 1];
    const [start, end] = [spans?.[from.item]?.firstChild, spans?.[to.item]?.firstChild];
    if (!start || !end) return null;
    const range = new Range();
    range.setStart(start, from.offset);
    range.setEnd(end, to.offset + 1);
    return range;
  }

  #say(number, letters) {
    const { hits, at, pages, words } = this;
    if (!this.asked) this.count.textContent = "";
    else if (letters === 0) this.count.textContent = words.noText;
    else if (number < pages.count) this.count.textContent = words.searching.replace("{n}", number);
    else if (hits.length) this.count.textContent = `${at + 1} / ${hits.length}`;
    else this.count.textContent = words.noHit;
  }
}

function plain(text) {
  return text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();
}

// The text of a page without spaces, and for each of its letters the item and place it is from.
function flatten(items) {
  const places = [];
  let text = "";
  items.forEach(({ str }, item) => {
    for (let offset = 0; offset < str.length; offset += 1) {
      for (const letter of plain(str[offset])) {
        text += letter;
        places.push({ item, offset });
      }
    }
  });
  return { text, places };
}

function matches(text, word) {
  const found = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) found.push(at);
  return found;
}

function hit(number, from, to) {
  return { number, from, to };
}
