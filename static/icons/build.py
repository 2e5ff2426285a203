"""Make the pictures of this folder anew: the sprite of the symbols in names.txt, and the application's icon as PNG.

python static/icons/build.py path/to/lucide-static/icons    (lucide-static 1.62.0, ISC licence)
"""

import re
import struct
import sys
import zlib
from itertools import product
from pathlib import Path

HERE = Path(__file__).parent
LICENCE = "<!-- Lucide icons, ISC licence, copyright Lucide Contributors; parts MIT, copyright Cole Bemis (Feather) -->"
# The application's icon: four stones on one another, in a square of 64. Centre and half axes of each.
STONES = ((32, 48, 20, 7), (32, 34.5, 14.5, 6), (32, 22.5, 9.5, 5), (32, 13, 5.5, 3.5))
GROUND, STONE, CORNER = (0x0B, 0x63, 0x61), (0xFF, 0xFF, 0xFF), 14
FINE = 3  # samples along each side of a pixel


def symbol(folder: Path, name: str) -> str:
    text = (folder / f"{name}.svg").read_text()
    inner = re.search(r"<svg[^>]*>(.*)</svg>", text, re.S)
    assert inner is not None
    shapes = re.sub(r"\s+", " ", inner[1]).replace(" />", "/>").replace("> <", "><").strip()
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def sprite(folder: Path) -> str:
    symbols = "\n".join(symbol(folder, name) for name in (HERE / "names.txt").read_text().split())
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{LICENCE}\n{symbols}\n</svg>\n'


def drawing() -> str:
    stones = "".join(f'<ellipse cx="{x}" cy="{y}" rx="{a}" ry="{b}"/>' for x, y, a, b in STONES)
    ground = f'<rect width="64" height="64" rx="{CORNER}" fill="#{bytes(GROUND).hex()}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{ground}<g fill="#fff">{stones}</g></svg>\n'


def on_ground(x: float, y: float) -> bool:
    """Inside the square with round corners."""
    dx, dy = max(CORNER - x, x - 64 + CORNER, 0), max(CORNER - y, y - 64 + CORNER, 0)
    return bool(dx * dx + dy * dy <= CORNER * CORNER)


def pixel(x: int, y: int, size: int, zoom: float, whole: bool) -> bytes:
    """Red, green, blue and opacity; the mean of FINE x FINE samples."""
    ground = stone = 0
    for i, j in product(range(FINE), repeat=2):
        u, v = ((n + (k + 0.5) / FINE) * 64 / size for n, k in ((x, i), (y, j)))
        ground += whole or on_ground(u, v)
        u, v = (u - 32) / zoom + 32, (v - 32) / zoom + 32
        stone += any(((u - cx) / a) ** 2 + ((v - cy) / b) ** 2 <= 1 for cx, cy, a, b in STONES)
    part = stone / (FINE * FINE)
    colour = (round(g + (s - g) * part) for g, s in zip(GROUND, STONE, strict=True))
    return bytes([*colour, round(255 * ground / (FINE * FINE))])


def png(size: int, *, zoom: float = 1, whole: bool = False) -> bytes:
    """whole: to the very edge, for systems that cut the shape out themselves; then the drawing keeps to the safe middle."""
    rows = b"".join(b"\0" + b"".join(pixel(x, y, size, zoom, whole) for x in range(size)) for y in range(size))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


if __name__ == "__main__":
    (HERE / "icons.svg").write_text(sprite(Path(sys.argv[1])))
    (HERE / "icon.svg").write_text(drawing())
    (HERE / "icon-192.png").write_bytes(png(192))
    (HERE / "icon-512.png").write_bytes(png(512))
    (HERE / "icon-maskable.png").write_bytes(png(512, zoom=0.75, whole=True))
