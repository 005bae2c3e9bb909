"""The drawings in text files: what is read, what is refused in one sentence, and that every grid is used."""

import sys
import textwrap

import pytest
from tiny import ROOT

from core.sprites import art, draw
from core.sprites.art import Art

FILES = sorted((ROOT / "core" / "sprites").rglob("*.txt"))
OWL = "[owl]\n.3.\n343\n"


@pytest.fixture
def drawn(tmp_path):
    """drawn(text) -> the drawings of a module with this text beside it."""

    def write(text):
        (tmp_path / "owls.txt").write_text(text, encoding="utf-8")
        return Art(str(tmp_path / "owls.py"))

    return write


def test_the_example_of_the_docstring(drawn):
    example = "\n\n".join(art.__doc__.split("\n\n")[1:3])
    owls = drawn(textwrap.dedent(example))
    awake = ".3....2.\n.344332.\n34y33y32\n.333322."
    asleep = "........\n.344332.\n34433332\n.333322."
    assert owls.named("owl") == {"awake": awake, "asleep": asleep}
    assert owls.grids("owl") == (awake, asleep) and owls.grid("owl", "asleep") == asleep


def test_grids_without_names_are_counted(drawn):
    owls = drawn("[owl]  # two\n.0.  1\n\n# a note\n020  3\n[egg]\n12\n")
    assert (
        owls.named("owl") == {"0": ".0.\n020", "1": "1\n3"}
        and owls.grid("owl", 1) == "1\n3"
        and owls.grid("egg") == "12"
    )


def test_other_editors_line_ends_and_marks_do_no_harm(drawn):
    assert drawn("\ufeff# an owl\r\n[owl]\r\n.3.\r\n343\r\n").grid("owl") == ".3.\n343"


def test_rows_of_dots_at_the_lower_end_are_dropped(drawn):
    owls = drawn("[owl]\n..  1.  ..\n1.  ..  ..\n..  ..  ..\n.1  ..  ..\n")
    assert owls.grids("owl") == ("..\n1.\n..\n.1", "1.", "..")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (f"{OWL}3?3", 4, "'?' in '3?3' is none of the letters . 0 1"),
        (f"{OWL}3y3", 4, "'y' in '3y3'"),
        (f"{OWL}343.", 4, "'343.' has 4 letters and should have 3"),
        (f"{OWL}34", 4, "'34' has 2 letters and should have 3"),
        (f"{OWL}343 343", 4, "a row of 2 where [owl] has 1 side by side"),
        ("[owl] awake, asleep\n\n343", 3, "a row of 1 where [owl] has 2 side by side"),
        (f"[owl]\n{'3' * 17}", 2, "has 17 letters and should have 16"),
        ("[owl]" + 17 * "\n3", 18, "[owl] has more than 16 rows"),
        (f"{OWL}# again\n{OWL}", 5, "there is a drawing [owl] already, in line 1"),
        ("[owl] awake, awake\n3 3", 1, "[owl] has two grids of one name"),
        (f"[egg]\n{OWL}", 1, "[egg] has no rows"),
        (f"{OWL}[egg] # one day", 4, "[egg] has no rows"),
        (f".3.\n{OWL}", 1, "'.3.' stands before the first name in brackets"),
        (f"y = eyes\nk = eyes\n{OWL}", 2, "the letter 'k' has a meaning already"),
        (f"y z = eyes\nz = ears\n{OWL}", 2, "the letter 'z' has a meaning already"),
    ],
)
def test_what_is_malformed_is_refused_with_its_file_and_line(drawn, tmp_path, text, line, why):
    with pytest.raises(ValueError) as refusal:
        drawn(text).grids("owl")
    assert str(refusal.value).startswith(f"{tmp_path.name}/owls.txt, line {line}: ") and why in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("ask", [lambda a: a.named("egg"), lambda a: a.grids("egg"), lambda a: a.grid("egg", "old")])
def test_a_drawing_that_the_file_lacks_is_refused(drawn, ask):
    with pytest.raises(ValueError, match=r"/owls\.txt has no drawing \[egg\]$"):
        ask(drawn(OWL))


def test_a_grid_that_the_drawing_lacks_is_refused(drawn):
    owls = drawn("[owl] awake, asleep\n3 4\n[egg]\n1 2")
    with pytest.raises(ValueError, match=r"/owls\.txt has no dead in \[owl\], but awake, asleep$"):
        owls.grid("owl", "dead")
    with pytest.raises(ValueError, match=r"/owls\.txt has no 2 in \[egg\], but 0, 1$"):
        owls.grid("egg", 2)


def test_nothing_is_read_before_something_is_drawn(python):
    code = (
        "import pathlib\n"
        "read = pathlib.Path.read_text\n"
        "def tell(path, *args, **kwargs):\n"
        "    if 'sprites' in path.parts: print(path.name)\n"
        "    return read(path, *args, **kwargs)\n"
        "pathlib.Path.read_text = tell\n"
        "import core, core.data, core.sprites\n"
        "print('imported')\n"
        "for seed in (0, 0): core.sprites.draw('hero', seed)"
    )
    out, err = python("-c", code).communicate(timeout=60)
    assert out.split() == ["imported", "characters.txt"], err


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_belongs_to_a_module(path):
    assert "\nART = Art(__file__)\n" in path.with_suffix(".py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("package", "classes"),
    [
        ("characters", ["hero", "side-facing"]),
        ("beasts", ["non-hero"]),
        ("monsters", ["non-hero"]),
        ("food", ["food"]),
        ("spells", ["spell"]),
    ],
)
def test_every_grid_is_used(monkeypatch, package, classes):
    """The rarest is drawn once in some 1,500 sprites."""
    unused = set()

    class Grid(str):
        """A grid that tells when it is painted, alone or as a part of another."""

        def split(self, *args):
            unused.discard(self.name)
            return super().split(*args)

        def __format__(self, spec):
            unused.discard(self.name)
            return super().__format__(spec)

    for module in [sys.modules[name] for name in sorted(sys.modules) if name.startswith(f"core.sprites.{package}")]:
        if own := vars(module).get("ART"):
            watched = {
                drawing: {key: Grid(grid) for key, grid in own.named(drawing).items()} for drawing in own.drawings
            }
            for drawing, grids in watched.items():
                for key, grid in grids.items():
                    grid.name = f"{own.path.name}: [{drawing}] {key}"
                    unused.add(grid.name)
            monkeypatch.setitem(vars(own), "drawings", watched)
    assert len(unused) > 50
    for seed in range(6000):
        for name in classes:
            draw(name, seed)
        if not unused:
            break
    assert not unused
