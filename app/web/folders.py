"""Where the templates and the static files are: beside the packages in a working copy, inside this one when installed."""

from pathlib import Path

_APP = Path(__file__).parents[1]
_BASE = _APP if (_APP / "templates").is_dir() else _APP.parent
TEMPLATES = _BASE / "templates"
STATIC = _BASE / "static"
