import numpy as np
import pypdfium2
import pytest

from tests.scans import CODINGS, drawn_page, mixed_scan, scan


def grey_pages(data: bytes) -> list[np.ndarray]:
    with pypdfium2.PdfDocument(data) as document:
        return [
            page.render(scale=100 / 72, grayscale=True).to_numpy().squeeze().astype(float)
            for page in document
        ]


@pytest.mark.parametrize("coding", CODINGS)
def test_scan_shows_what_was_drawn_in_every_coding(coding: str) -> None:
    shown = grey_pages(scan(coding, pages=2))
    assert len(shown) == 2
    for number, page in enumerate(shown, start=1):
        drawn = np.asarray(drawn_page(number), float)[:1160, :820]
        assert page.var() > 500
        assert np.corrcoef(page[:1160, :820].ravel(), drawn.ravel())[0, 1] > 0.8


def test_mixed_scan_holds_one_page_of_each_coding() -> None:
    data = mixed_scan()
    assert all(page.var() > 500 for page in grey_pages(data))
    for name in (b"/JBIG2Decode", b"/CCITTFaxDecode", b"/JPXDecode", b"/DCTDecode"):
        assert data.count(name) == 1
