"""No text from outside runs as a script, wherever the page shows it."""

from urllib.parse import quote

import numpy as np
import pytest
from browsing import open_tab, painted, wait_for_run
from PIL import Image
from server import serving
from tiny import TINY, randomised

from app import linked
from core.checkpoint import Model, save
from core.networks import UNet

SCRIPT = "window.owned=1"
PAYLOADS = (
    f"<img src=x onerror={SCRIPT}>",
    f"<svg onload={SCRIPT}><script>{SCRIPT}</script>",
    f"[x](javascript:{SCRIPT}) ${{{SCRIPT}}} {{{{value}}}}",
)
OWN = ["sprite", "pixels", "t", "schedule", "seed", "fresh", "pixel", "guess", "weights", "a", "b", "seed_b", "way"]
OWN += ["mixing", "guidance", "step", "fork", "forks", "preset", "view"]  # read by the components' scripts


def unharmed(page):
    """Nothing has run, and there is nothing on the page that would: no element was made of the text."""
    painted(page)
    made = page.locator("img[src=x], [onerror], [onload], [href^='javascript:']").count()
    return made == 0 and page.evaluate("window.owned === undefined")


@pytest.mark.parametrize("tab", [*linked, *PAYLOADS[:2]])
def test_links(open_page, tab):
    names = [*OWN, *linked.get(tab, {}), *PAYLOADS]
    values = [f"{quote(name)}={quote(PAYLOADS[i % len(PAYLOADS)])}" for i, name in enumerate(names)]
    page = open_page(link=f"?tab={quote(tab)}&{'&'.join(values)}")
    page.get_by_text("Not all of this link can be used" if tab in linked else "does not exist").first.wait_for()
    assert unharmed(page)


def test_names_of_uploads(open_page, tmp_path):
    path = tmp_path / f"{PAYLOADS[0]}.png"
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(path)
    (broken := tmp_path / f"{2 * PAYLOADS[0]}.png").write_text(PAYLOADS[0])
    page = open_page()
    page.locator("#noising").wait_for()
    page.set_input_files("input[type=file]", path)
    page.wait_for_selector("#noising .gallery button[title='your picture 1']")
    assert unharmed(page)
    page.set_input_files("input[type=file]", broken)
    page.get_by_text("cannot be read as a picture").wait_for()
    assert unharmed(page)


@pytest.fixture(scope="module")
def hostile_url(tmp_path_factory):
    """The app with a checkpoint whose header is full of scripts."""
    path = tmp_path_factory.mktemp("hostile") / "hostile.safetensors"
    names = [f"{payload}{i}" for i, payload in enumerate([*PAYLOADS, *PAYLOADS[:2]])]
    save(path, Model(randomised(UNet(TINY)), tuple(names), {"images_seen": PAYLOADS[0], PAYLOADS[1]: PAYLOADS}))
    shipped = f"core.checkpoint.SHIPPED = pathlib.Path({str(path)!r})"
    code = f"import pathlib, core.checkpoint; {shipped}; import app; app.main()"
    with serving(path.with_name("log.txt"), command=("-c", code)) as (url, _):
        yield url


def test_class_names_of_a_checkpoint(browser, hostile_url):
    """Every lesson draws them, and shows them as text."""
    page, first = browser.new_page(), f"{PAYLOADS[0]}0"
    page.on("dialog", lambda dialog: pytest.fail("a dialog was opened"))
    page.goto(hostile_url)
    page.get_by_text(f'told "{first}"').wait_for()
    assert unharmed(page)
    open_tab(page, "Denoising")
    wait_for_run(page, 50)
    assert page.get_by_label("class", exact=True).first.input_value() == first
    assert unharmed(page)
    open_tab(page, "DDPM vs DDIM")
    page.get_by_role("button", name="Race", exact=True).click()
    page.locator("#race canvas").first.wait_for(timeout=60_000)
    assert unharmed(page)
    open_tab(page, "Mixing")
    page.locator("#mixing .dial label", has_text=first).wait_for()
    page.locator("#mixing .live .sprite[data-steps]").wait_for(timeout=60_000)
    assert unharmed(page)
    page.close()
