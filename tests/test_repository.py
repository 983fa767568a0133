"""The repository itself: sizes, layers, what an import loads, and documents that tell the truth."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import stretto
from stretto.cli.app import app

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
MODULES = sorted(SOURCE.rglob("*.py"))
COMMANDS = app.commands
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

MAX_MODULE_LINES, MAX_FUNCTION_LINES, MAX_README_LINES, MAX_DECISION_LINES = 400, 60, 120, 40

LONG_MODULES: dict[str, str] = {}
"""Modules over the limit, each with its reason."""

LONG_FUNCTIONS = {"stretto.engine.weights.weights_of": "a table: one line for each tensor of the network"}


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    return name.removesuffix(".__init__")


def blocks(path: Path, language: str) -> list[str]:
    """Fenced blocks of a Markdown file."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.M | re.S)


def fresh_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_fits_in_the_head(path: Path) -> None:
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= MAX_MODULE_LINES or module_name(path) in LONG_MODULES, f"{n_lines} lines: split it by meaning"


def test_no_function_is_as_long_as_a_page() -> None:
    long = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                first = node.body[0]
                body = (
                    node.body[1:]
                    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                    else node.body
                )
                n_lines = node.end_lineno - body[0].lineno + 1 if body else 0
                name = f"{module_name(path)}.{node.name}"
                if n_lines > MAX_FUNCTION_LINES and name not in LONG_FUNCTIONS:
                    long.append(f"{name}: {n_lines} lines")
    assert long == []


def test_no_module_is_called_utils() -> None:
    assert not {path.stem for path in MODULES} & {"utils", "util", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", [p for p in MODULES if "__all__" in p.read_text(encoding="utf-8")], ids=module_name)
def test_public_names_are_sorted(path: Path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            names = ast.literal_eval(node.value)
            assert names == sorted(names)


def test_modules_of_the_tests_have_names_of_their_own() -> None:
    """Folders of tests stand on one path, so that a second module of a name would be taken for the first."""
    names = [path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_public_names_can_all_be_had() -> None:
    assert all(getattr(stretto, name) is not None for name in stretto.__all__)


def test_layers_import_downwards_only() -> None:
    pytest.importorskip("importlinter", reason="needs pip install -e '.[dev]'")
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program is not None
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_import_is_quick() -> None:
    code = "import time; t = time.perf_counter(); import stretto; print(time.perf_counter() - t)"
    assert min(float(fresh_python(code)) for _ in range(5)) < 0.3


def test_import_opens_no_file_but_modules_and_loads_no_framework() -> None:
    code = """
        import json, sys
        opened = []
        sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
        import stretto
        print(json.dumps([opened, sorted({name.split(".")[0] for name in sys.modules})]))
    """
    opened, loaded = json.loads(fresh_python("\n".join(line.strip() for line in code.splitlines())))
    assert [name for name in opened if not name.endswith((".py", ".pyc"))] == []
    assert not {"numpy", "torch", "click"} & set(loaded)


def test_only_training_loads_torch_and_nothing_loads_what_is_not_installed_with_it() -> None:
    names = [module_name(path) for path in MODULES]
    heavy = ("stretto.networks", "stretto.train", "stretto.bench", "stretto.__main__")
    if importlib.util.find_spec("fastapi") is None:
        heavy += ("stretto.studio",)
    light = [name for name in names if not name.startswith(heavy)]
    code = f"""
import importlib, json, sys
for name in {light!r}:
    importlib.import_module(name)
print(json.dumps(sorted({{name.split(".")[0] for name in sys.modules}})))
"""
    assert not {"torch", "scipy", "matplotlib", "music21", "pytest"} & set(json.loads(fresh_python(code)))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_each_of_its_options_is_in_the_docs(name: str) -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    _, found, rest = text.partition(f"\n## stretto {name}\n")
    assert found, f"docs/commands.md has no section on stretto {name}"
    section = rest.partition("\n## ")[0]
    if "(#options-of-all-four)" in section:
        section += text.partition("\n## Options of all four\n")[2].partition("\n## ")[0]
    options = [max(p.opts, key=len) for p in COMMANDS[name].params if p.opts[0].startswith("-")]
    assert [option for option in options if f"`{option}" not in section] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_shows_can_be_parsed(path: Path) -> None:
    lines = [line for block in blocks(path, "sh") for line in block.splitlines()]
    calls = [part for line in lines for part in re.split(r"&&|\|", line.partition(" #")[0])]
    shown = [shlex.split(call) for call in calls if call.split()[:1] == ["stretto"] and "--help" not in call]
    assert shown or path.name not in ("README.md", "commands.md")
    for _, name, *arguments in shown:
        COMMANDS[name].make_context(f"stretto {name}", arguments)


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_README_LINES
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_the_code_in_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = blocks(ROOT / "README.md", "python")
    assert code
    for block in code:
        exec(compile(block, "README.md", "exec"), {})


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_is_short_and_says_what_would_change_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    assert len(text.splitlines()) <= MAX_DECISION_LINES
    assert "**What would change our mind.**" in text


def test_every_runtime_dependency_is_used_and_has_its_reason_written_down() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    names = [re.split(r"[^A-Za-z0-9-]", line)[0] for line in project["dependencies"]]
    assert [name for name in names if f"`{name}`" not in reasons] == []
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert [name for name in names if not re.search(rf"(import|from) {name.replace('-', '_')}\b", code)] == []
    assert project["version"] == stretto.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{stretto.__version__}]" in changes or "## [Unreleased]" in changes
