"""Write icons.svg, the sprite of the symbols we use, from an unpacked lucide-static package (ISC licence).

python static/icons/build.py path/to/lucide-static/icons
"""

import re
import sys
from pathlib import Path

NAMES = (Path(__file__).parent / "names.txt").read_text().split()


def symbol(folder: Path, name: str) -> str:
    text = (folder / f"{name}.svg").read_text()
    inner = re.search(r"<svg[^>]*>(.*)</svg>", text, re.S)
    assert inner is not None
    shapes = re.sub(r"\s+", " ", inner[1]).replace(" />", "/>").replace("> <", "><").strip()
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes}</symbol>'


if __name__ == "__main__":
    symbols = "\n".join(symbol(Path(sys.argv[1]), name) for name in NAMES)
    licence = (
        "<!-- Lucide icons, ISC licence, copyright Lucide Contributors; parts MIT, copyright Cole Bemis (Feather) -->"
    )
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg">\n{licence}\n{symbols}\n</svg>\n'
    (Path(__file__).parent / "icons.svg").write_text(sprite)
