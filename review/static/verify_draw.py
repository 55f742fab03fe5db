"""Repeat a draw from its manifest and the listing of its frame. Standard library only.

Usage: python3 verify_draw.py manifest.json frame.txt
In each stratum the smallest SHA-256 tickets over "seed:case" win. The first thing that does not
agree is named, with exit code 1. Compare the seal with the one in the printed minutes.
"""

import hashlib
import heapq
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


def read_frame(listing, told):
    """Rows (number, stratum, unit), once the listing is what the manifest says and canonical."""
    rows = [tuple(line.split("\t")) for line in listing.decode().split("\n")[:-1]]
    numbers = [row[0] for row in rows]
    need(hashlib.sha256(listing).hexdigest() == told["sha256"], "frame: SHA-256 of the listing")
    need(sha256("".join(n + "\n" for n in numbers)) == told["numbers_sha256"], "frame: numbers")
    whole = len(rows) == told["cases"] and all(len(r) == 3 and r[0] and r[1] for r in rows)
    need(whole, "frame: number of cases, or a field")
    need(all(a < b for a, b in zip(numbers, numbers[1:])), "frame: order, or a case twice")
    for f in {field for row in rows for field in row}:
        need(f == "".join(normalize("NFC", f).strip().splitlines()), "frame: spelling of " + f)
    return rows


def check_seed(seed):
    need(len(seed["value"]) >= 20 and set(seed["value"]) <= set("0123456789"), "seed: digits")
    lines = [f"{party['name']}:{party['value']}" for party in seed["parties"]]
    for party, line in zip(seed["parties"], lines):
        need(sha256(line) == party["commitment"], "seed: commitment of " + party["name"])
    mixed = int(sha256("".join(line + "\n" for line in lines)), 16)
    need(not lines or (len(lines) > 1 and seed["value"] == f"{mixed:078d}"), "seed: mixture")


def share(sizes, total, floors, ceilings, priority=None):
    """Places one at a time: below the floor first, then by priority, then to the larger."""
    places, priority = [0] * len(sizes), priority or (lambda h, n: sizes[h] / (2 * n + 1))

    def entry(h):
        return -math.inf if places[h] < floors[h] else -priority(h, places[h]), -sizes[h], h

    need(sum(floors) <= total <= sum(ceilings), "design: places that cannot be shared")
    waiting = sorted(entry(h) for h in range(len(sizes)) if ceilings[h])
    for _ in range(total):
        h = heapq.heappop(waiting)[2]
        places[h] += 1
        if places[h] < ceilings[h]:
            heapq.heappush(waiting, entry(h))
    return places


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
    places = [row[3] for row in left]
    if kind in ("fixed", "census"):
        need(design["size"] == 0 and (kind == "census" or not left), "design: size")
    else:
        priority = {
            "proportional": None,
            "equal": lambda h, n: -n,
            "neyman": lambda h, n: left[h][1] * float(spread[left[h][0]]) / math.sqrt(n * (n + 1)),
        }[kind]
        least = [floors[row[0]] for row in left]
        places = share([row[1] for row in left], design["size"], least, places, priority)
    own.update({row[0]: n for row, n in zip(left, places)})
    need(all(floors[h] <= own[h] <= row[3] for h, row in rows.items()), "design: places")
    return [[*row, own[label]] for label, row in rows.items()]


def draw(rows, cells, strata, seed):
    """The sample as the manifest writes it."""
    inner, sample = {}, []
    for number, stratum, unit in rows:
        lot = sha256(f"unit:{seed}:{number}")
        inner.setdefault(stratum, {}).setdefault(unit, []).append((lot, number))
    for label, _, minimum, room, places in strata:
        free = Fraction(places - minimum, max(1, room - minimum))
        firsts, pool = [], []
        for unit, lots in inner[label].items():
            count, least, most = cells[label, unit]
            chance = (least + (most - least) * free) / count
            ratio = [chance.numerator, chance.denominator]
            lots.sort()
            firsts += [(lot, n, ratio) for lot, n in lots[:least]]
            pool += [(sha256(f"{seed}:{n}"), n, ratio) for _, n in lots[least:most]]
        drawn = [(*one, True) for one in sorted(firsts)]
        drawn += [(*one, False) for one in sorted(pool)[: places - minimum]]
        names = "ticket", "case", "chance", "for_minimum", "stratum"
        sample += [dict(zip(names, (*one, label))) for one in drawn]
    return sample


def verify(manifest, listing):
    """Nothing if everything agrees; ValueError says what does not."""
    need(manifest["form"] + manifest["algorithm"] == "draw-manifest-1smallest-ticket-1", "form")
    rows = read_frame(listing, manifest["frame"])
    check_seed(manifest["seed"])
    cells = cells_of(rows, manifest["design"])
    strata = strata_of(cells, manifest["design"])
    need(manifest["strata"] == strata, "design: places per stratum")
    need(manifest["sample"] == draw(rows, cells, strata, manifest["seed"]["value"]), "sample")
    body = {key: value for key, value in manifest.items() if key != "seal"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    need(manifest["seal"] == sha256(text), "seal")


if __name__ == "__main__":
    try:
        with open(sys.argv[1], encoding="utf-8") as file, open(sys.argv[2], "rb") as frame:
            verify(told := json.load(file), frame.read())
    except Exception as error:
        sys.exit(f"NOT VERIFIED: {error}")
    print(f"VERIFIED: {len(told['sample'])} cases, seal {told['seal']}")
