"""Seeds that nobody chose: public digits, or what several parties committed to.

Model
    A seed is a string of decimal digits. Either it is a dice roll or a lottery result that was
    named before the frame was frozen, or each of two or more parties commits to a secret value
    before any is shown; mixing all of them is random as soon as one party was honest.

Symbols
    value        decimal digits of one party
    commitment   SHA-256 over ``name:value`` in UTF-8, 64 hexadecimal digits
    mixed seed   SHA-256 over the lines ``name:value`` in code-point order of the names, read as a
                 number and written with 78 decimal digits

Source
    Blum, Coin Flipping by Telephone, 1981 (commit, then reveal); Lindeman and Stark, A Gentle
    Introduction to Risk-limiting Audits, 2012 (public dice).
"""

import hashlib
import unicodedata
from collections.abc import Mapping

SEED_DIGITS = 20
"""20 decimal digits are 66 bits: more draws than anybody could try out beforehand."""

VALUE_DIGITS = 30
"""30 digits are 99 bits: a commitment to them can be tried out by nobody, however long."""

MIXED_DIGITS = 78
"""A number below 2**256 has at most 78 decimal digits."""

SEED_SEPARATORS = " \t\r\n,-"
"""What people write between the digits of a dice roll or a lottery result; removed."""


class BrokenCommitmentError(ValueError):
    """What ``party`` showed is not what that party had committed to."""

    def __init__(self, party: str) -> None:
        super().__init__(f"{party} shows another value than committed to")
        self.party = party


def canonical_seed(seed: str) -> str:
    """The digits of a typed seed: full-width digits made plain, ``SEED_SEPARATORS`` removed.

    Raises
    ------
    ValueError
        Something else than digits is left, or nothing. The length is the caller's rule.
    """
    plain = unicodedata.normalize("NFKC", seed)
    digits = plain.translate(dict.fromkeys(map(ord, SEED_SEPARATORS)))
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("a seed consists of decimal digits")
    return digits


def commitment(party: str, value: str) -> str:
    """What a party publishes before any value is shown.

    Raises
    ------
    ValueError
        The value is not at least ``VALUE_DIGITS`` plain digits, or the name is not one line of
        canonical text without a colon.
    """
    if not (value.isascii() and value.isdigit() and len(value) >= VALUE_DIGITS):
        raise ValueError(f"a party's value has at least {VALUE_DIGITS} digits")
    name = unicodedata.normalize("NFC", party).strip()
    if name != party or len(party.splitlines()) != 1 or ":" in party:
        raise ValueError(f"a party's name is one line without a colon: {party!r}")
    return hashlib.sha256(f"{party}:{value}".encode()).hexdigest()


def mixed_seed(values: Mapping[str, str], commitments: Mapping[str, str]) -> str:
    """The seed of all parties together, ``MIXED_DIGITS`` digits.

    Parameters
    ----------
    values, commitments
        By party, the same two or more parties in both.

    Raises
    ------
    BrokenCommitmentError
        A value does not match its commitment.
    ValueError
        Fewer than two parties, or a party that did not both commit and show.
    """
    if len(values) < 2 or values.keys() != commitments.keys():
        raise ValueError("every one of two or more parties must commit and then show a value")
    for party in sorted(values):
        if commitment(party, values[party]) != commitments[party]:
            raise BrokenCommitmentError(party)
    lines = "".join(f"{party}:{values[party]}\n" for party in sorted(values))
    number = int.from_bytes(hashlib.sha256(lines.encode()).digest())
    return f"{number:0{MIXED_DIGITS}d}"
