"""Scripts and style sheets that are sent with all that they import."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from labeler.config import ROOT
from labeler.web import bundles
from tests.test_js import NODE

SCRIPTS = ROOT / "static" / "js"
PURE = ("keymap", "layout", "store", "suggestions", "sync", "text", "tokens")
"""Modules that need no page."""


def read(name: str) -> str:
    """Return the text of a script."""
    return (SCRIPTS / name).read_text()


def test_a_module_comes_with_all_that_it_imports_and_nothing_else() -> None:
    """Whatever a script needs comes before it, once; no line is left that asks for a sibling."""
    for path in SCRIPTS.glob("*.js"):
        names = bundles.modules(path.name, read)
        assert names[-1] == path.name
        for place, name in enumerate(names):
            needed = {f"{each}.js" for each in re.findall(r'from "\./(\w+)\.js"', read(name))}
            assert needed <= set(names[:place]), name
        sent = bundles.script(path.name, read)
        assert not re.search(r"^import |^\} from ", sent, re.MULTILINE), path.name
        assert all(sent.count(f"const ${Path(name).stem} = ") == 1 for name in names[:-1])


def test_a_bundle_exports_what_its_module_exports(tmp_path: Path) -> None:
    """What is sent can be read by a browser's engine, and has the names of the module."""
    for name in PURE:
        (tmp_path / f"{name}.mjs").write_text(bundles.script(f"{name}.js", read))
    code = f"""
      const names = async (path) => Object.keys(await import(path)).sort();
      const found = [];
      for (const name of {json.dumps(PURE)}) {{
        const both = [`{tmp_path}/${{name}}.mjs`, `{SCRIPTS}/${{name}}.js`];
        found.push([name, ...await Promise.all(both.map(names))]);
      }}
      console.log(JSON.stringify(found));
    """
    command = [NODE, "--input-type=module", "-e", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    for name, bundled, plain in json.loads(ran.stdout):
        assert bundled == plain, name
        assert plain, name


def test_names_are_taken_over_and_words_in_comments_are_left_out() -> None:
    """Renamed and whole imports work, comments on lines of their own go, strings stay."""
    files = {
        "one.js": '/** Says\n * import {} from "./two.js"; */\nexport const mark = "// here";\n',
        "two.js": 'import { mark as m } from "./one.js";\nexport function two() { return m; }\n',
        "three.js": 'import * as all from "./two.js";\n// no\nexport const three = all.two();\n',
    }
    assert bundles.script("three.js", files.__getitem__) == (
        'const $one = (() => {\nconst mark = "// here";\nreturn { mark };\n})();\n'
        "const $two = (() => {\nconst { mark: m } = $one;\n"
        "function two() { return m; }\nreturn { two };\n})();\n"
        "const all = $two;\nexport const three = all.two();\n"
    )


def test_a_circle_of_modules_is_refused() -> None:
    """Modules that import each other could not be called one after another."""
    files = {
        "one.js": 'import { two } from "./two.js";\n',
        "two.js": 'import { one } from "./one.js";\n',
    }
    with pytest.raises(ValueError, match=r"one\.js needs itself"):
        bundles.modules("one.js", files.__getitem__)


def test_a_style_sheet_holds_those_that_it_imports() -> None:
    """Sheets stand where they were asked for."""
    files = {"a.css": '@import "b.css";\na {}\n', "b.css": "b {}\n"}
    assert bundles.sheet("a.css", files.__getitem__) == "b {}\na {}\n"
