// Repeats a draw from its manifest and the listing of its frame, in the page itself: the same
// check as verify_draw.py. verifyDraw returns the first fault, or null, and the last seal.
//
// SHA-256 is our own, because a browser offers its own only on secure origins, and many bureaus
// serve their intranet over plain HTTP. Texts are compared by code points, as everywhere else.

const K = new Uint32Array(64);
const START = new Uint32Array(8);
(() => {
  // Fractional parts of the cube and square roots of the first primes (FIPS 180-4).
  const part = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32);
  let found = 0;
  for (let n = 2; found < 64; n += 1) {
    let prime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
    if (prime) {
      if (found < 8) START[found] = part(Math.sqrt(n));
      K[found] = part(Math.cbrt(n));
      found += 1;
    }
  }
})();

const encoder = new TextEncoder();
const words = new Uint32Array(64);
const turn = (x, n) => (x >>> n) | (x << (32 - n));

function padded(bytes) {
  const size = Math.ceil((bytes.length + 9) / 64) * 64;
  const whole = new Uint8Array(size);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(size - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(size - 4, (bytes.length * 8) >>> 0);
  return view;
}

function block(view, at, state) {
  for (let t = 0; t < 16; t += 1) words[t] = view.getUint32(at + 4 * t);
  for (let t = 16; t < 64; t += 1) {
    const a = words[t - 15];
    const b = words[t - 2];
    const one = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    words[t] = words[t - 16] + one + words[t - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t += 1) {
    const choice = (e & f) ^ (~e & g);
    const high = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + K[t] + words[t]) | 0;
    const low = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = (d + high) | 0;
    d = c; c = b; b = a; a = (high + low) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

export function sha256(data) {
  const view = padded(typeof data === "string" ? encoder.encode(data) : data);
  const state = Uint32Array.from(START);
  for (let at = 0; at < view.byteLength; at += 64) block(view, at, state);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

// Order of code points: that of the texts, save where a surrogate pair meets a later plane-0 sign.
function compare(a, b) {
  if (a === b) return 0;
  let n = 0;
  while (n < a.length && a.charCodeAt(n) === b.charCodeAt(n)) n += 1;
  const [x, y] = [a.charCodeAt(n), b.charCodeAt(n)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? -1 : 1;
  const pair = (code) => code >= 0xd800 && code <= 0xdfff;
  if (pair(x) !== pair(y)) return pair(x) ? 1 : -1;
  return x - y;
}

const byFirst = (a, b) => compare(a[0], b[0]) || compare(a[1], b[1]);

function need(holds, what) {
  if (!holds) throw new Error(what);
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort(compare);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

// What Python's strip() removes from the ends, and where its splitlines() breaks.
const SPACE = "\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const OUTER = new RegExp(`^[${SPACE}]|[${SPACE}]$`, "u");
const BREAK = /[\u000a-\u000d\u001c-\u001e\u0085\u2028\u2029]/u;

function readFrame(bytes, told) {
  const rows = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    .decode(bytes).split("\n").slice(0, -1).map((line) => line.split("\t"));
  const numbers = rows.map((row) => row[0]);
  need(sha256(bytes) === told.sha256, "frame: SHA-256 of the listing");
  need(sha256(numbers.map((n) => `${n}\n`).join("")) === told.numbers_sha256, "frame: numbers");
  const whole = rows.length === told.cases && rows.every((r) => r.length === 3 && r[0] && r[1]);
  need(whole, "frame: number of cases, or a field");
  for (let n = 1; n < numbers.length; n += 1) {
    need(compare(numbers[n - 1], numbers[n]) < 0, "frame: order, or a case twice");
  }
  for (const f of new Set(rows.flat())) {
    need(f === f.normalize("NFC") && !OUTER.test(f) && !BREAK.test(f), `frame: spelling of ${f}`);
  }
  return rows;
}

function checkSeed(seed) {
  need(/^[0-9]{20,}$/.test(seed.value), "seed: digits");
  const lines = seed.parties.map((party) => `${party.name}:${party.value}`);
  seed.parties.forEach((party, n) => {
    need(sha256(lines[n]) === party.commitment, `seed: commitment of ${party.name}`);
  });
  if (!lines.length) return;
  const mixed = BigInt(`0x${sha256(lines.map((line) => `${line}\n`).join(""))}`);
  need(lines.length > 1 && seed.value === mixed.toString().padStart(78, "0"), "seed: mixture");
}

const sum = (values) => values.reduce((a, b) => a + b, 0);

// Places one at a time: below the floor first, then by priority, then to the larger, then to the
// earlier. A heap of stratum numbers keeps the next one on top.
function share(sizes, total, floors, ceilings, priority = (h, n) => sizes[h] / (2 * n + 1)) {
  need(sum(floors) <= total && total <= sum(ceilings), "design: places that cannot be shared");
  const places = sizes.map(() => 0);
  const rank = sizes.map((_, h) => (places[h] < floors[h] ? Infinity : priority(h, 0)));
  const before = (g, h) => rank[g] > rank[h] || (rank[g] === rank[h]
    && (sizes[g] > sizes[h] || (sizes[g] === sizes[h] && g < h)));
  const heap = sizes.map((_, h) => h).filter((h) => ceilings[h]);
  heap.sort((g, h) => (before(g, h) ? -1 : 1));
  for (let given = 0; given < total; given += 1) {
    const h = heap[0];
    places[h] += 1;
    rank[h] = places[h] < floors[h] ? Infinity : priority(h, places[h]);
    if (places[h] === ceilings[h]) {
      const last = heap.pop();
      if (heap.length) heap[0] = last;
    }
    sink(heap, before);
  }
  return places;
}

function sink(heap, before) {
  for (let at = 0; ;) {
    let first = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && before(heap[child], heap[first])) first = child;
    }
    if (first === at) return;
    [heap[at], heap[first]] = [heap[first], heap[at]];
    at = first;
  }
}

// Stratum -> unit -> { count, least, room }, and the numbers of its cases.
function cellsOf(rows, design) {
  const strata = new Map();
  for (const [number, stratum, unit] of rows) {
    if (!strata.has(stratum)) strata.set(stratum, new Map());
    const units = strata.get(stratum);
    if (!units.has(unit)) units.set(unit, { numbers: [] });
    units.get(unit).numbers.push(number);
  }
  const labels = [...strata.keys()].sort(compare);
  for (const unit of new Set(rows.map((row) => row[2]))) {
    const cells = labels.map((label) => strata.get(label).get(unit)).filter(Boolean);
    const counts = cells.map((cell) => cell.numbers.length);
    const every = sum(counts);
    const least = share(counts, Math.min(design.minimum, every), counts.map(() => 0), counts);
    const most = design.cap === null ? every : Math.min(design.cap, every);
    const room = share(counts, most, least.map((k) => Math.max(1, k)), counts);
    cells.forEach((cell, n) => Object.assign(cell, { count: counts[n], least: least[n], room: room[n] }));
  }
  return new Map(labels.map((label) => [label, strata.get(label)]));
}

function sharing(design, rows, floors) {
  const rooms = rows.map((row) => row[3]);
  if (design.allocation === "fixed" || design.allocation === "census") {
    need(design.size === 0 && (design.allocation === "census" || !rows.length), "design: size");
    return rooms;
  }
  const spread = new Map(design.deviations);
  const priority = {
    proportional: (h, n) => rows[h][1] / (2 * n + 1),
    equal: (h, n) => -n,
    neyman: (h, n) => rows[h][1] * Number(spread.get(rows[h][0])) / Math.sqrt(n * (n + 1)),
  }[design.allocation];
  need(priority, "design: allocation");
  return share(rows.map((row) => row[1]), design.size, floors, rooms, priority);
}

// [label, cases, minimum, room, places] by label.
function strataOf(cells, design) {
  const byUnit = design.minimum > 0 || design.cap !== null;
  const own = new Map(design.fixed);
  need([...own.keys()].every((label) => cells.has(label)) && own.size === design.fixed.length, "design: fixed strata");
  const floors = new Map();
  const rows = [...cells].map(([label, units]) => {
    const all = [...units.values()];
    const least = sum(all.map((cell) => cell.least));
    floors.set(label, Math.max(1, least + (byUnit && all.some((cell) => !cell.least) ? 1 : 0)));
    return [label, sum(all.map((cell) => cell.count)), least, sum(all.map((cell) => cell.room))];
  });
  const left = rows.filter((row) => !own.has(row[0]));
  const places = sharing(design, left, left.map((row) => floors.get(row[0])));
  left.forEach((row, n) => own.set(row[0], places[n]));
  need(rows.every((row) => floors.get(row[0]) <= own.get(row[0]) && own.get(row[0]) <= row[3]), "design: places");
  return rows.map((row) => [...row, own.get(row[0])]);
}

function ratio(numerator, denominator) {
  let [a, b] = [numerator, denominator];
  while (b) [a, b] = [b, a % b];
  return [Number(numerator / a), Number(denominator / a)];
}

// A cell's cases in the order of their lots within it.
function ownLots(cell, seed) {
  return cell.numbers.map((n) => [sha256(`unit:${seed}:${n}`), n, null, true]).sort(byFirst);
}

function ownLotsOf(one, number, cells, seed) {
  if (!one.for_minimum) return [];
  const units = [...cells.get(one.stratum).values()];
  return ownLots(units.find((cell) => cell.numbers.includes(number)), seed);
}

// The sample as the manifest writes it, and the pool of each stratum in the order of its tickets.
function drawOf(cells, strata, seed) {
  const sample = [];
  const pools = new Map();
  for (const [label, , minimum, room, places] of strata) {
    const firsts = [];
    const pool = [];
    const [free, among] = [BigInt(places - minimum), BigInt(Math.max(1, room - minimum))];
    for (const cell of cells.get(label).values()) {
      const ranked = cell.least || cell.room < cell.count
        ? ownLots(cell, seed)
        : cell.numbers.map((n) => [null, n]);
      const [count, least, most] = [cell.count, cell.least, cell.room].map(BigInt);
      const chance = ratio(least * among + (most - least) * free, among * count);
      ranked.slice(0, cell.least).forEach(([lot, n]) => firsts.push([lot, n, chance, true]));
      ranked.slice(cell.least, cell.room).forEach(([, n]) => {
        pool.push([sha256(`${seed}:${n}`), n, chance, false]);
      });
    }
    pools.set(label, pool.sort(byFirst));
    const drawn = [...firsts.sort(byFirst), ...pool.slice(0, places - minimum)];
    drawn.forEach(([lot, n, chance, first]) => {
      sample.push({ case: n, stratum: label, ticket: lot, chance, for_minimum: first });
    });
  }
  return [sample, pools];
}

// The last seal, once whoever replaced a case is the next: of its unit, or of its stratum.
function follow(manifest, cells, pools) {
  const sample = new Map(manifest.sample.map((one) => [one.case, one]));
  let last = manifest.seal;
  for (const told of manifest.replacements ?? []) {
    const one = sample.get(told.left);
    need(one, `replacement of ${told.left}`);
    sample.set(told.left, null);
    const lots = [...ownLotsOf(one, told.left, cells, manifest.seed.value), ...pools.get(one.stratum)];
    const [ticket, came, , first] = lots.find((lot) => !sample.has(lot[1])) ?? [];
    const { seal, ...body } = told;
    const next = { ...body, ticket, came, for_minimum: first, stratum: one.stratum, after: last };
    need(canonical(next) === canonical(body), `replacement of ${told.left}`);
    need(seal === sha256(canonical(body)), `replacement of ${told.left}`);
    sample.set(came, told);
    last = seal;
  }
  return last;
}

function check(manifest, bytes) {
  need(manifest.form === "draw-manifest-1" && manifest.algorithm === "smallest-ticket-1", "form");
  const rows = readFrame(bytes, manifest.frame);
  checkSeed(manifest.seed);
  const cells = cellsOf(rows, manifest.design);
  const strata = strataOf(cells, manifest.design);
  need(canonical(strata) === canonical(manifest.strata), "design: places per stratum");
  const [sample, pools] = drawOf(cells, strata, manifest.seed.value);
  need(canonical(sample) === canonical(manifest.sample), "sample");
  const { seal, replacements, ...body } = manifest;
  need(seal === sha256(canonical(body)), "seal");
  return follow(manifest, cells, pools);
}

export function verifyDraw(manifest, bytes) {
  try {
    return { fault: null, seal: check(manifest, bytes) };
  } catch (error) {
    return { fault: error.message, seal: null };
  }
}
