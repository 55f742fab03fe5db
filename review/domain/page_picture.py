"""A page as a picture: at the scan's own resolution, and in as few colours as it really has."""

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

LEAST_DPI, MOST_DPI, MOST_LINE_ART_DPI = 150, 200, 300
"""Grey scans stay readable at 200; line art needs 300 and costs little there."""
MOST_PIXELS = 25_000_000
"""A3 at 400 dpi: a larger page is shown smaller rather than refused."""
COLOURED = 48
"""Difference between a pixel's channels from which it looks coloured rather than yellowed."""
LEAST_COLOURED = 0.0005
"""Share of coloured pixels from which a page is: a seal covers about 0.005."""
MIDDLE_GREY = 128
POINTS = 72


def picture(page: pypdfium2.PdfPage) -> Image.Image:
    """The page as shown, turned and cut as it asks, in mode 1, L or RGB."""
    images = list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
    line_art = bool(images) and all(map(_is_bilevel, images)) and not _has_drawings(page)
    dpi = _dpi(images, MOST_LINE_ART_DPI if line_art else MOST_DPI)
    width, height = page.get_size()
    scale = min(dpi / POINTS, (MOST_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
    shown: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    if line_art:
        return shown.convert("L").point(lambda grey: 255 * (grey >= MIDDLE_GREY), mode="1")
    return shown if _is_coloured(shown) else shown.convert("L")


def _dpi(images: list[pypdfium2.PdfImage], most: int) -> float:
    return min(most, max([LEAST_DPI, *map(_own_dpi, images)]))


def _own_dpi(image: pypdfium2.PdfImage) -> float:
    """Pixels an inch along the longer side; a turned image is measured by its box."""
    left, bottom, right, top = image.get_bounds()
    return float(POINTS * max(image.get_px_size()) / max(right - left, top - bottom, 1))


def _is_bilevel(image: pypdfium2.PdfImage) -> bool:
    return bool(image.get_metadata().bits_per_pixel == 1)


def _has_drawings(page: pypdfium2.PdfPage) -> bool:
    shades = [pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING]
    return any(True for _ in page.get_objects(filter=shades))


def _is_coloured(shown: Image.Image) -> bool:
    red, green, blue = np.moveaxis(np.asarray(shown)[::3, ::3].astype(np.int16), 2, 0)
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return bool((spread > COLOURED).mean() > LEAST_COLOURED)
