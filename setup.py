"""A wheel holds the workflow too, as `rtlmp/workflow`: pyproject.toml has no word for that which
leaves an editable install a plain path."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PARTS = ("Snakefile", "config.yaml", "workflow", "profiles", "config", "docs/targets.md")


class WithWorkflow(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            to = Path(self.build_lib) / "rtlmp" / "workflow"
            shutil.rmtree(to, ignore_errors=True)
            to.mkdir()
            for part in map(Path, PARTS):
                if part.is_dir():
                    shutil.copytree(part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    (to / part).parent.mkdir(exist_ok=True)
                    shutil.copy(part, to / part)


setup(cmdclass={"build_py": WithWorkflow})
