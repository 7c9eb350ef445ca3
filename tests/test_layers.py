"""The house rules that a reader would otherwise have to remember: who imports whom, who writes what."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From top to bottom; a room may import what is listed beside it, and itself.
ROOMS = {
    "servicedesk.portal": {
        "approvals",
        "enterprises",
        "servicedesk.reports",
        "servicedesk.desk",
        "servicedesk.accounts",
        "servicedesk.clock",
    },
    "approvals": {"enterprises", "servicedesk.desk", "servicedesk.accounts", "servicedesk.clock"},
    "enterprises": {"servicedesk.desk", "servicedesk.accounts", "servicedesk.clock"},
    "servicedesk.reports": {"servicedesk.desk", "servicedesk.accounts", "servicedesk.clock"},
    "servicedesk.desk": {"servicedesk.accounts", "servicedesk.clock"},
    "servicedesk.accounts": {"servicedesk.clock"},
    "servicedesk.clock": set(),
}
WIRING = {"settings", "env", "urls", "api", "celery", "asgi", "wsgi"}
FORBIDDEN_NAMES = {
    "utils",
    "helpers",
    "misc",
    "common",
    "services",
    "managers",
    "constants",
    "base",
    "selectors",
}
# What only the engine may write, and the rooms of the engine that may.
ENGINE_FIELDS = {
    "state",
    "due_at",
    "accepted_at",
    "closed_at",
    "submitted_at",
    "outcome",
    "stopped_at",
    "version",
}
ENGINE_TABLES = {"Case", "Step", "Clock", "Pause", "Extension", "Promise", "Event", "Alarm", "Notice"}
WRITING = {"create", "bulk_create", "update", "bulk_update", "get_or_create", "update_or_create", "delete"}

Place = tuple[Path, ast.AST]


def sources() -> list[Path]:
    folders = ("servicedesk", "enterprises", "approvals")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


SOURCES = sources()
TREES = {path: ast.parse(path.read_text(), str(path)) for path in SOURCES}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    """The room a module lies in; what lies directly in `servicedesk` is wiring."""
    for room in ROOMS:
        if module == room or module.startswith(room + "."):
            return room
    return "wiring" if module == "servicedesk" or module.startswith("servicedesk.") else ""


def imported(path: Path, tree: ast.AST) -> Iterator[str]:
    package = module_of(path).split(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            depth = node.level - (path.name == "__init__.py")
            start = package[: len(package) - depth] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{name.name}" for name in node.names)


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def test_each_room_imports_only_the_rooms_below() -> None:
    wrong = []
    for path, tree in TREES.items():
        room = room_of(module_of(path))
        if room == "wiring":
            continue
        rooms = {room_of(name) for name in imported(path, tree)} - {"", room}
        wrong += [f"{path.relative_to(ROOT)} imports {other}" for other in rooms - ROOMS[room]]
    assert not wrong


def test_the_clock_knows_neither_django_nor_celery_nor_now() -> None:
    wrong = []
    for path, tree in TREES.items():
        if room_of(module_of(path)) != "servicedesk.clock":
            continue
        roots = {name.split(".")[0] for name in imported(path, tree)}
        wrong += [
            f"{path.relative_to(ROOT)} imports {name}"
            for name in roots & {"django", "celery", "rest_framework"}
        ]
        wrong += [
            where(path, node)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        ]
    assert not wrong


def test_directly_under_servicedesk_lies_wiring_only() -> None:
    files = {path.stem for path in (ROOT / "servicedesk").glob("*.py")} - {"__init__"}
    assert files == WIRING


def test_nobody_imports_the_tasks_but_the_nudge() -> None:
    """Tasks are doorways from outside; one wake-up after commit is the only caller in the house."""
    callers = {
        str(path.relative_to(ROOT))
        for path, tree in TREES.items()
        if any(name.endswith(".tasks") or ".tasks." in name for name in imported(path, tree))
    }
    assert len(callers) <= 1, callers


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_no_duty_lives_in_a_message() -> None:
    """ETA and countdown tasks run twice after the visibility timeout and vanish with the broker."""
    wrong = [
        where(path, call)
        for path, tree in TREES.items()
        for call in calls(tree)
        if {keyword.arg for keyword in call.keywords} & {"eta", "countdown"}
    ]
    assert not wrong


def may_write(path: Path) -> bool:
    """The verbs, the arithmetic behind them, the sweep and the outbox; what prints anew what the verbs wrote
    (`bulk`, to measure a full desk); and tables say what they are."""
    inside = path.relative_to(ROOT).parts
    return inside[:2] == ("servicedesk", "desk") and inside[2] in {
        "actions",
        "bulk",
        "models",
        "alarms.py",
        "ringing.py",
        "notices.py",
        "digests.py",
        "delivery.py",
        "fallbacks.py",
        "outgoing.py",
        "chains.py",
        "reckon.py",
        "trail.py",
        "numbers.py",
    }


def targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def test_only_the_engine_assigns_what_the_engine_owns() -> None:
    wrong = [
        where(path, node)
        for path, tree in TREES.items()
        if not may_write(path)
        for node in ast.walk(tree)
        for target in targets(node)
        if isinstance(target, ast.Attribute) and target.attr in ENGINE_FIELDS and not of_self(target)
    ]
    assert not wrong


def of_self(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id == "self"


def test_only_the_engine_writes_its_tables() -> None:
    wrong = [
        where(path, call)
        for path, tree in TREES.items()
        if not may_write(path)
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in WRITING
        and root_name(call.func.value) in ENGINE_TABLES
    ]
    assert not wrong


def root_name(node: ast.expr) -> str:
    """`Case` for `Case.objects.filter(…)`."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def test_due_moments_are_computed_in_one_place() -> None:
    places = [
        where(path, node)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        for target in targets(node)
        if isinstance(target, ast.Attribute) and target.attr == "due_at"
    ]
    assert len(places) <= 1, places


def test_models_hide_nothing_in_save_and_take_their_moments_from_the_caller() -> None:
    wrong = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == "save" and "models" in str(path):
                wrong.append(f"{where(path, node)} overrides save()")
            if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
                wrong.append(f"{where(path, node.value)} uses {node.arg}")
    assert not wrong


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_named_after_what_it_holds_and_is_short(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    lines = path.read_text().count("\n")
    assert lines <= 300, "cut it by noun"
