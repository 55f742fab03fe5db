"""A printed page as an office scanner would hand it back: turned a little, specked, grey or not."""

import numpy as np
import pypdfium2
from numpy.random import Generator
from PIL import Image

DPI, LINE_ART_DPI, POINTS = 105, 140, 72
TURN = 0.7
"""Degrees: the usual play of a page in the feeder, as a standard deviation."""
CROOKED = 3.5
SPECKS = 0.00015
DARK = 150
"""Lines thinner than a pixel still reach this grey, and stay in line art."""
ROUGHNESS = 4.0
PAPER, PHOTOGRAPHED = 240, 0.25
"""A page of which so much is darker than paper holds pictures: text covers a tenth at most."""


def line_art(page: pypdfium2.PdfPage, rng: Generator, turn: float) -> Image.Image:
    """Black on white, with specks; a page of photographs comes out grey."""
    sheet = _turned(page, turn, LINE_ART_DPI)
    levels = np.asarray(sheet)
    if (levels < PAPER).mean() > PHOTOGRAPHED:
        return sheet.reduce(2)
    dark = levels < DARK
    dark |= rng.random(dark.shape, np.float32) < SPECKS
    return Image.fromarray(~dark)


def shaded(page: pypdfium2.PdfPage, rng: Generator, turn: float) -> Image.Image:
    """In colour on paper that is not quite white."""
    sheet = np.asarray(_turned(page, turn, DPI, colour=True), np.float32)
    light = np.linspace(0.97, 0.91, sheet.shape[0], dtype=np.float32)[:, None, None]
    rough = rng.standard_normal(sheet.shape[:2], np.float32)[..., None] * ROUGHNESS
    return Image.fromarray(np.clip(sheet * light + rough, 0, 255).astype(np.uint8))


def usual_turn(rng: Generator) -> float:
    return float(np.clip(rng.normal(0, TURN), -1.5, 1.5))


def _turned(
    page: pypdfium2.PdfPage, turn: float, dpi: float, *, colour: bool = False
) -> Image.Image:
    bitmap = page.render(scale=dpi / POINTS, grayscale=not colour, rev_byteorder=True)
    sheet: Image.Image = bitmap.to_pil().convert("RGB" if colour else "L")
    bitmap.close()
    paper = (255, 255, 255) if colour else 255
    smooth = Image.Resampling.BILINEAR if colour else Image.Resampling.NEAREST
    return sheet.rotate(turn, smooth, fillcolor=paper)
