"""What pyproject.toml cannot say: templates and static files lie beside the packages here, and travel inside `app`."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithPages(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for name in ("templates", "static"):
                inside = Path(self.build_lib) / "app" / name
                shutil.rmtree(inside, ignore_errors=True)
                shutil.copytree(name, inside)


setup(cmdclass={"build_py": WithPages})
