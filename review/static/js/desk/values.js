// What stands in the fields of one criterion, as plain values: compared, kept and told in words.

export const NOTHING = { points: "", not_applicable: false, reason: "", answer: "", found: false };

// Values are compared as text, so the order of their parts must be one.
export const tidy = ({ points, not_applicable, reason, answer, found }) => ({ points, not_applicable, reason, answer, found });
export const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// A mark without its text: what may be kept in this browser.
export const ratingOf = ({ points, not_applicable, answer, found }) => ({ points, not_applicable, answer, found });

// 7.50 and 7.5 are the same points; what is no number stays as it is, for the server to name.
export function plain(text) {
  const typed = text.trim();
  return /^\d+(\.\d+)?$/.test(typed) ? String(Number(typed)) : typed;
}

export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Names a change. Not randomUUID: browsers keep that from pages without https.
export function randomName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
