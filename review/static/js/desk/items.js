// What a page saves one by one: the mark of a criterion, the comment, the overall judgement.
//
// `base` is what the server is known to hold; `tried` are the values sent without an answer yet;
// `choose` is the box that asks which of two values shall stand.

import { NOTHING, plain, say, tidy } from "./values.js";

class Item {
  tried = [];
  refused = false;
  choose = null;

  constructor(code, box, problem) {
    Object.assign(this, { code, box, problem });
  }

  begin(kept) {
    this.base = kept === undefined ? this.read() : kept;
  }
}

export class MarkItem extends Item {
  #fields;
  #words;

  constructor(box, fields, words) {
    super(box.dataset.code, box, box.querySelector(".field-error"));
    const field = (name) => fields[`mark_${this.code}-${name}`];
    this.#fields = {
      points: field("points"),
      na: field("not_applicable"),
      reason: field("reason"),
      answer: field("answer"), // in place of points, where the scheme asks for grades
      found: field("found"), // of a veto
    };
    this.#words = words;
    this.begin(box.dataset.base === undefined ? undefined : tidy(JSON.parse(box.dataset.base)));
    this.settle();
  }

  get isRated() {
    return true;
  }

  get isBroken() {
    return Boolean(this.#fields.points?.validity.badInput);
  }

  read() {
    const { points, na, reason, answer, found } = this.#fields;
    const isNa = Boolean(na?.checked);
    return {
      points: points && !isNa ? plain(points.value) : "",
      not_applicable: isNa,
      reason: reason.value.trim(),
      answer: answer && !isNa ? answer.value : "",
      found: Boolean(found?.checked),
    };
  }

  write(value) {
    const { points, na, reason, answer, found } = this.#fields;
    if (points) points.value = value.points;
    if (na) na.checked = value.not_applicable;
    if (answer) answer.value = value.answer;
    if (found) found.checked = value.found;
    reason.value = value.reason;
    this.settle();
  }

  settle() {
    const { points, na, answer } = this.#fields;
    if (points) points.disabled = Boolean(na?.checked);
    if (answer) answer.disabled = Boolean(na?.checked);
  }

  // Give points, and the words that go with them unless they stand there already.
  give(value, why) {
    const { points, na, reason } = this.#fields;
    if (na) na.checked = false;
    points.value = value;
    if (why && !reason.value.includes(why)) reason.value = [reason.value.trim(), why].filter(Boolean).join("；");
    this.settle();
  }

  deduct(less, full, why) {
    const before = this.#fields.points.value === "" ? full : this.#fields.points.value;
    this.give(String(Number(Math.max(0, Number(before) - Number(less)).toFixed(3))), why);
  }

  shown(value) {
    const words = this.#words;
    const given = value.not_applicable ? words.na : value.found ? words.found
      : value.points ? say(words.points, { n: value.points }) : value.answer || words.empty;
    return value.reason ? `${given}，${value.reason}` : given;
  }

  stored(answer) {
    return tidy(answer.marks[this.code] || NOTHING);
  }

  fill(body, value) {
    body.set("criterion", this.code);
    body.set("points", value.points);
    body.set("reason", value.reason);
    body.set("answer", value.answer);
    if (value.found) body.set("found", "y");
    if (value.not_applicable) body.set("not_applicable", "y");
  }
}

// The comment and the overall judgement are plain text to the page.
export class TextItem extends Item {
  #area;
  #empty;

  constructor(box, area, words) {
    super(` ${area.name}`, box, document.getElementById(`${area.name}-problem`)); // no criterion's code
    this.#area = area;
    this.#empty = words.empty;
    this.begin(area.dataset.base);
  }

  get isRated() {
    return false;
  }

  get isBroken() {
    return false;
  }

  read() {
    return this.#area.value.trim();
  }

  write(value) {
    this.#area.value = value;
  }

  settle() {}

  shown(value) {
    return value || this.#empty;
  }

  stored(answer) {
    return answer[this.#area.name];
  }

  fill(body, value) {
    body.set(this.#area.name, value);
  }
}
