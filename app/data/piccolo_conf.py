"""Where Piccolo looks for the engine and the tables."""

import os

from piccolo.conf.apps import AppRegistry

from app.data.engine import engine_for

DB = engine_for(os.environ.get("CAIRN_DATABASE_URL") or "sqlite:///cairn.db")
APP_REGISTRY = AppRegistry(apps=["app.data.piccolo_app"])
