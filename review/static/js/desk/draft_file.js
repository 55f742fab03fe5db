// The ratings of the page as a file, for when the server does not come back: sealed with the same
// key as what the browser keeps, so that only this reviewer can hand it in, and only here.

import { ratingOf } from "./values.js";

const FORMAT = "legal-aid-review draft 1";

export async function saveDraftFile(shelter, items, { task, name, rubric }) {
  const ratings = items.filter((item) => item.isRated).map((item) => ({ code: item.code, rating: ratingOf(item.read()) }));
  const sealed = await shelter.seal({ rubric_key: rubric, ratings });
  const content = JSON.stringify({ format: FORMAT, task, sealed: btoa(String.fromCharCode(...sealed)) });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = `draft-${name}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
