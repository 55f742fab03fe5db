"""What all charts share: the font, colours, a figure to draw on, and how it becomes SVG."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT = Path(__file__).parents[1] / "static" / "fonts" / "NotoSansSC_400Regular.ttf"
KEPT = 256
"""How many drawn charts of a kind each process remembers."""
BLUE, INK, QUIET, LINE, ORANGE = "#1f4e8c", "#1c2430", "#56606e", "#c3cad3", "#b4470f"
UNNAMED = "_nolegend_"


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its interval; a value of None keeps the place and says ``note`` instead."""

    label: str
    value: float | None
    lower: float | None
    upper: float | None
    note: str = ""


def digest(chart: Any) -> str:
    """Names the bytes that a chart will have, without drawing it."""
    return sha256(_drawing_code() + repr(chart).encode()).hexdigest()[:32]


def prepare() -> None:
    """Load what the first chart would have to wait for."""
    _figure_class()


@cache
def _drawing_code() -> bytes:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return b"".join(file.read_bytes() for file in files)


def canvas(
    width: float, height: float, frame: tuple[float, float, float, float] | None = None
) -> tuple["Figure", "Axes"]:
    """A figure whose axes fill it, or lie in ``frame``: left, bottom, width, height, as shares."""
    layout = "none" if frame else "constrained"
    figure = _figure_class()(figsize=(width, height), layout=layout)
    axes = figure.add_axes(frame) if frame else figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def svg(figure: "Figure") -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


@cache
def _figure_class() -> Any:
    """matplotlib's Figure with our font and settings, loaded by the first chart only."""
    import matplotlib as mpl  # noqa: PLC0415  (takes over a second: not at every start)
    from matplotlib import font_manager  # noqa: PLC0415  (as above)
    from matplotlib.figure import Figure  # noqa: PLC0415  (as above)

    font_manager.fontManager.addfont(FONT)
    mpl.rcParams.update(
        {
            "font.family": "Noto Sans SC",
            "font.size": 9,
            "axes.unicode_minus": False,
            "axes.edgecolor": QUIET,
            "axes.labelcolor": INK,
            "hatch.color": QUIET,
            "hatch.linewidth": 0.7,
            "xtick.color": INK,
            "ytick.color": INK,
            "text.color": INK,
            "svg.fonttype": "path",
            "svg.hashsalt": "legal-aid-review",
        }
    )
    return Figure
