"""The one Piccolo app: every table of app/data/tables and its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

SUBJECTS = (
    "people", "identity", "care", "consent", "goal", "appointment",
    "crisis_plan", "message", "resource", "delivery", "audit", "telling",
)  # fmt: skip

APP_CONFIG = AppConfig(
    app_name="data",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    # A subject imports the tables it refers to, so each would be found once per subject.
    table_classes=list(dict.fromkeys(table_finder([f"app.data.tables.{subject}" for subject in SUBJECTS]))),
)
