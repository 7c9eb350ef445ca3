"""The README is read by people who have nothing else: what it names is there."""

import re
from pathlib import Path

from servicedesk.desk.moves import diagram

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text()


def test_every_setting_of_the_environment_is_described() -> None:
    code = "".join((ROOT / "servicedesk" / name).read_text() for name in ("env.py", "settings.py"))
    reading = r"(?:flag|number|words|address|folder|env\.\w+)\(\s*\"([A-Z_]+)\""
    missing = {name for name in re.findall(reading, code) if f"`{name}`" not in README}
    assert not missing


def test_every_path_and_command_is_there() -> None:
    paths = set(re.findall(r"`((?:servicedesk|tests|script)/[\w/.]+)`", README))
    assert {path for path in paths if not (ROOT / path).exists()} == set()
    commands = {path.stem for path in ROOT.glob("*/**/management/commands/*.py") if ".venv" not in path.parts}
    commands |= {"migrate", "collectstatic", "check", "createsuperuser"}
    assert set(re.findall(r"manage\.py (\w+)", README)) <= commands


def test_the_states_are_drawn_as_the_code_has_them() -> None:
    assert f"```mermaid\n{diagram()}```\n" in README
