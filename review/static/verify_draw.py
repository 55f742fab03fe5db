"""Repeat a draw from its manifest and the listing of its frame. Standard library only.

Usage: python3 verify_draw.py manifest.json frame.txt
In each stratum the smallest SHA-256 tickets over "seed:case" win, and the next ones follow them.
The first fault is named, with exit code 1. Compare the seal with the one in the printed minutes.
"""

import hashlib
import json
import math
import sys
from collections import Counter
from fractions import Fraction
from unicodedata import normalize


def need(holds, what):
    if not holds:
        raise ValueError(what)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def seal(body):
    rest = {key: body[key] for key in body if key not in ("seal", "replacements")}
    return sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def read_frame(listing, told):
    """Rows (number, stratum, unit), once the listing is what the manifest says and canonical."""
    rows = [tuple(line.split("\t")) for line in listing.decode().split("\n")[:-1]]
    numbers = [row[0] for row in rows]
    need(hashlib.sha256(listing).hexdigest() == told["sha256"], "frame: SHA-256 of the listing")
    need(sha256("".join(n + "\n" for n in numbers)) == told["numbers_sha256"], "frame: numbers")
    need(len(rows) == told["cases"] and all(n and h for n, h, _ in rows), "frame: cases, fields")
    need(all(a < b for a, b in zip(numbers, numbers[1:])), "frame: order, or a case twice")
    for f in {field for row in rows for field in row}:
        need(f == "".join(normalize("NFC", f).strip().splitlines()), "frame: spelling of " + f)
    return rows


def share(sizes, total, floors, ceilings, priority=None):
    """Places one at a time: below the floor first, then by priority, then to the larger."""
    need(sum(floors) <= total <= sum(ceilings), "design: places that cannot be shared")
    rank, turns = priority or (lambda h, n: sizes[h] / (2 * n + 1)), []
    for h, size in enumerate(sizes):
        first = [(-math.inf, -size, h)] * floors[h]
        turns += first + [(-rank(h, n), -size, h) for n in range(floors[h], ceilings[h])]
    places = Counter(h for _, _, h in sorted(turns)[:total])
    return [places[h] for h in range(len(sizes))]


def cells_of(rows, design):
    """{(stratum, unit): (cases, minimum, room)}: shares of each unit's minimum and cap."""
    cells, units = {}, {}
    for (stratum, unit), count in sorted(Counter(row[1:] for row in rows).items()):
        units.setdefault(unit, {})[stratum] = count
    for unit, part in units.items():
        counts, every = list(part.values()), sum(part.values())
        least = share(counts, min(design["minimum"], every), [0] * len(counts), counts)
        most = every if design["cap"] is None else min(design["cap"], every)
        room = share(counts, most, [max(1, k) for k in least], counts)
        cells.update({(h, unit): c for h, c in zip(part, zip(counts, least, room))})
    return cells


def strata_of(cells, design):
    """[label, cases, minimum, room, places] by label."""
    rows, by_unit = {}, design["minimum"] > 0 or design["cap"] is not None
    for (label, _), (count, least, room) in sorted(cells.items()):
        row = rows.setdefault(label, [label, 0, 0, 0, 0])
        row[1:] = row[1] + count, row[2] + least, row[3] + room, row[4] | (by_unit and not least)
    floors = {label: max(1, row[2] + row.pop()) for label, row in rows.items()}
    own, kind, spread = dict(design["fixed"]), design["allocation"], dict(design["deviations"])
    need(set(own) <= set(rows) and len(own) == len(design["fixed"]), "design: fixed strata")
    left = [row for label, row in rows.items() if label not in own]
    places, least = [row[3] for row in left], [floors[row[0]] for row in left]
    ranks = {
        "proportional": None,
        "equal": lambda h, n: -n,
        "neyman": lambda h, n: left[h][1] * float(spread[left[h][0]]) / math.sqrt(n * (n + 1)),
    }
    if kind in ranks:
        places = share([row[1] for row in left], design["size"], least, places, ranks[kind])
    else:
        need({"census": True, "fixed": not left}[kind] and design["size"] == 0, "design: size")
    own.update({row[0]: n for row, n in zip(left, places)})
    need(all(floors[h] <= own[h] <= row[3] for h, row in rows.items()), "design: places")
    return [[*row, own[label]] for label, row in rows.items()]


def draw(rows, cells, strata, seed):
    """The sample as the manifest writes it, and all lots by stratum: of each unit, of the pool."""
    inner, pools, sample = {}, {}, []
    for n, stratum, unit in rows:
        inner.setdefault(stratum, {}).setdefault(unit, []).append((sha256(f"unit:{seed}:{n}"), n))
    for label, _, minimum, room, places in strata:
        free, firsts, pool = Fraction(places - minimum, max(1, room - minimum)), [], []
        for unit, lots in inner[label].items():
            count, least, most = cells[label, unit]
            chance = list(((least + (most - least) * free) / count).as_integer_ratio())
            lots.sort()
            firsts += [(lot, n, True, chance) for lot, n in lots[:least]]
            pool += [(sha256(f"{seed}:{n}"), n, False, chance) for _, n in lots[least:most]]
        pools[label], names = sorted(pool), ("ticket", "case", "for_minimum", "chance", "stratum")
        drawn = sorted(firsts) + pools[label][: places - minimum]
        sample += [dict(zip(names, (*one, label))) for one in drawn]
    return sample, inner, pools


def follow(manifest, units, inner, pools):
    """The last seal, once whoever replaced a case is the next: of its unit, or of its stratum."""
    sample, last = {one["case"]: one for one in manifest["sample"]}, manifest["seal"]
    for told in manifest.get("replacements", []):
        one, sample[told["left"]] = sample.get(told["left"]), None
        label, own = one["stratum"], inner[one["stratum"]][units[told["left"]]]
        lots = [(*lot, True) for lot in own if one["for_minimum"]] + pools[label]
        lot, came, first = next(lot[:3] for lot in lots if lot[1] not in sample)
        new = dict(told, ticket=lot, came=came, for_minimum=first, stratum=label, after=last)
        need(told == new and told["seal"] == seal(told), "replacement of " + told["left"])
        last, sample[came] = told["seal"], told
    return last


def verify(manifest, listing):
    """The last seal, if everything agrees; ValueError says what does not."""
    need(manifest["form"] + manifest["algorithm"] == "draw-manifest-1smallest-ticket-1", "form")
    rows = read_frame(listing, manifest["frame"])
    seed, parties = manifest["seed"]["value"], manifest["seed"]["parties"]
    need(len(seed) >= 20 and set(seed) <= set("0123456789"), "seed: digits")
    lines = [f"{party['name']}:{party['value']}" for party in parties]
    need([sha256(line) for line in lines] == [p["commitment"] for p in parties], "seed: commitment")
    mixed = int(sha256("".join(line + "\n" for line in lines)), 16)
    need(not lines or (len(lines) > 1 and seed == f"{mixed:078d}"), "seed: mixture")
    strata = strata_of(cells := cells_of(rows, manifest["design"]), manifest["design"])
    need(manifest["strata"] == strata, "design: places per stratum")
    sample, *lots = draw(rows, cells, strata, seed)
    need(manifest["sample"] == sample, "sample")
    need(manifest["seal"] == seal(manifest), "seal")
    return follow(manifest, {number: unit for number, _, unit in rows}, *lots)


if __name__ == "__main__":
    try:
        with open(sys.argv[1], "rb") as told, open(sys.argv[2], "rb") as frame:
            print("VERIFIED: seal", verify(json.load(told), frame.read()))
    except Exception as error:
        sys.exit(f"NOT VERIFIED: {error!r}")
