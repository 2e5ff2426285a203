"""Cairn's shared core: rules and data. It draws no page."""

import os

os.environ.setdefault("PICCOLO_CONF", "app.data.piccolo_conf")
