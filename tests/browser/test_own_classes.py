"""The app with a checkpoint of somebody's own classes, as programs and people meet it; and the pad of any size."""

import json
import urllib.request

import numpy as np
import pytest
from browsing import import_modules, open_tab, painted
from gradio_client import Client
from own_classes import NAMES, own_checkpoint, started
from playwright.sync_api import expect
from server import serving


@pytest.fixture(scope="module", params=[2, 12], ids="{} classes".format)
def own(request, tmp_path_factory):
    """(path of a checkpoint, its class names)."""
    return own_checkpoint(tmp_path_factory.mktemp("own"), NAMES[request.param]), NAMES[request.param]


@pytest.fixture(scope="module")
def own_url(own, tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    command = ["-c", started(own[0], "import app; app.main()")]
    with serving(folder / "log.txt", command=command) as (url, _):
        yield url


def test_the_endpoints_draw_its_classes_by_default(own, own_url):
    _, names = own
    app = Client(own_url, verbose=False)
    drawn, _ = app.predict(api_name="/generate")
    assert drawn["settings"]["weights"] == {names[0]: 1} and len(drawn["sprites"]) == 4
    compared, _ = app.predict(count=1, api_name="/compare")
    assert compared["settings"]["class_name"] == names[0] and len(compared["lanes"]) == 2
    mixed, _ = app.predict(places=2, api_name="/mix")
    assert mixed["weights"] == [{names[0]: 1}, {names[-1]: 1} if len(names) > 1 else {}]
    noised, _ = app.predict(api_name="/noise")
    assert noised["caption"]
    with pytest.raises(Exception, match=rf"unknown class 'hero'; the classes are {names[0]}"):
        app.predict(weights={"hero": 1}, api_name="/generate")


def test_the_documents_of_the_api_and_the_page_name_its_classes(own, own_url):
    _, names = own
    info = urllib.request.urlopen(f"{own_url}gradio_api/info").read().decode()
    config = json.loads(urllib.request.urlopen(f"{own_url}config").read())
    described = json.loads(info)["named_endpoints"]["/compare"]
    assert all(name in json.dumps(described, ensure_ascii=False) for name in names)
    choices = [part["props"]["choices"] for part in config["components"] if part["props"].get("label") == "class"]
    assert [[value for _, value in each] for each in choices] == [[*names, "no class", "mine"], list(names)]


def test_every_lesson_shows_its_classes(own, own_url, browser):
    _, names = own
    page, errors = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(own_url)
    told = "document.querySelectorAll('#noising .told option').length"
    page.wait_for_function(f"{told} === {len(names)}", timeout=60_000)
    open_tab(page, "Denoising")
    page.wait_for_function("document.querySelector('#denoising .index')?.max > 0", timeout=60_000)
    open_tab(page, "Mixing")
    page.wait_for_selector("#mixing .live .sprite[data-steps]", timeout=60_000)
    assert page.locator("#mixing .dial label").all_inner_texts()[: len(names)] == list(names)
    corner = page.get_by_role("button", name=f"{names[-1]} alone", exact=True)
    corner.click()
    assert page.locator("#mixing .live .words").inner_text() == f"1 {names[-1]}"
    page.locator("#mixing .keep").check()
    page.locator("#mixing .field").focus()
    page.keyboard.press("1")
    assert page.locator("#mixing .live .words").inner_text() == f"1 {names[0]}"
    open_tab(page, "DDPM vs DDIM")  # the recorded race is another network's
    page.wait_for_selector("#race .idle")
    assert "recorded" not in page.inner_text("#race") and page.locator("#race .lane").count() == 0
    open_tab(page, "Mixing")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        painted(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for button in page.locator("#mixing .pad button").all():
            box = button.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert not errors
    page.close()


def test_a_run_is_forked_to_another_of_its_classes(own, own_url, browser):
    """Which is chosen beforehand; what was measured with our classes is not asked."""
    _, names = own
    page = browser.new_page()
    page.goto(f"{own_url}?tab=denoising&num_inference_steps=4&step=1")
    page.wait_for_function("document.querySelector('#denoising .index')?.max == 4", timeout=60_000)
    assert page.input_value("#denoising .f-class") == names[1]
    page.click("#denoising .go-fork")
    fork = page.locator("#denoising .branch").nth(1)
    fork.wait_for(timeout=60_000)
    assert fork.inner_text().split("\n") == ["from step 1", names[1]]
    expect(page.locator("#denoising .measure")).to_be_visible()
    expect(page.locator("#denoising .predict").filter(visible=True)).to_have_count(0)
    page.goto(f"{own_url}?tab=mixing")
    expect(page.locator("#mixing .rail button")).to_have_count(6, timeout=60_000)  # those for our classes are left out
    expect(page.locator("#mixing [data-classes]").filter(visible=True)).to_have_count(0)
    page.close()


@pytest.fixture(scope="module")
def polygon(browser, app_url):
    """polygon(N, points) -> corners, and of each point its weights and the nearest place on the pad."""
    page = browser.new_page()
    import_modules(page, app_url, "tabs/mixing/pad.js")

    def ask(n, points):
        code = "([n, points]) => { const pad_ = pad.polygonPad(n); "
        code += (
            "return [pad_.corners, points.map(pad_.weights), points.map(pad_.inside), pad_.corners.map(pad_.weights)] }"
        )
        return map(np.array, page.evaluate(code, [n, np.asarray(points).tolist()]))

    yield ask
    page.close()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 12, 40])
def test_the_place_of_a_point_is_its_weights(polygon, n):
    """Weights are at least 0 and add up to 1; sum(w_i corner_i) is the point; a corner is its class alone."""
    points = np.random.default_rng(n).uniform(-1.5, 1.5, (50, 2))
    corners, _, places, of_corners = polygon(n, points)
    np.testing.assert_allclose(of_corners, np.eye(n), atol=1e-12)
    corners, weights, again, _ = polygon(n, places)
    np.testing.assert_allclose(again, places, atol=1e-9)
    np.testing.assert_allclose(weights @ corners, places, atol=1e-9)
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-12)
    assert weights.min() >= 0
    for point, place in zip(points, places, strict=True):  # no corner and no mix of two lies nearer
        s = np.linspace(0, 1, 101)[:, None]
        edges = np.concatenate([(1 - s) * corners[i - 1] + s * corners[i] for i in range(n)])
        assert np.hypot(*(point - place)) <= np.hypot(*(edges - point).T).min() + 1e-9 or np.allclose(point, place)
