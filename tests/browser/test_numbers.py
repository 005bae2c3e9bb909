"""What readers can check with pencil and paper: sums and products on the page come out as shown."""

import re
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

import numpy as np
import pytest
from browsing import fill, import_modules, set_slider, wait_for_run
from playwright.sync_api import expect

from core import GenerateConfig, generate, load

PATIENT = 180_000  # ms, for what the network takes on a busy machine
CENT = Decimal("0.01")
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def number(text: str) -> Decimal:
    """What "−0.70", "(−0.5)" or "1.2 × 10⁻⁴" says."""
    text = text.strip(" ()").replace("− ", "-").replace("+ ", "").replace("−", "-")
    digits, _, power = text.partition(" × 10")
    return Decimal(digits).scaleb(int(power.translate(SUPERSCRIPTS) or 0))


def assert_adds_up(total: str, terms: list[str]) -> None:
    """terms: "−0.70", "+ 0.11", or products "0.887 · (−0.5)"."""
    found = Decimal(0)
    for term in terms:
        factors = [number(part) for part in term.split(" · ")]
        found += factors[0] * (factors[1] if len(factors) > 1 else 1)
    assert abs(number(total) - found) <= CENT / 2, (total, terms)
    assert total != "−0.00"


@pytest.fixture
def numbers_js(browser, app_url):
    page = browser.new_page()
    import_modules(page, app_url, "assets/numbers.js")
    yield page
    page.close()


def random_values(shape) -> list:
    """Of all sizes, with zeros, and with what lies on the edge between two roundings."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=shape) * 10.0 ** rng.integers(-5, 2, shape)
    edges = rng.integers(-400, 400, shape) / 200
    return np.where(rng.random(shape) < 0.2, edges, values).tolist()


def test_every_sum_adds_up_as_shown(numbers_js):
    values = random_values((3000, 2))
    shown = numbers_js.evaluate("rows => rows.map((row) => numbers.addition(row))", values)
    for (a, b), sum_ in zip(values, shown, strict=True):
        assert_adds_up(sum_["total"], sum_["terms"])
        exact = Decimal(0) + sum((number(term) for term in sum_["terms"]), Decimal(0))
        assert exact == number(sum_["total"])  # not only nearly
        assert abs(float(number(sum_["total"])) - (a + b)) < 0.0101  # and it is the sum, but for the rounding


def test_every_sum_of_products_adds_up_as_shown(numbers_js):
    factors, values = np.abs(random_values((3000, 3))) % 20, np.array(random_values((3000, 3))) % 4
    pairs = np.stack([factors, values], -1).tolist()
    shown = numbers_js.evaluate("rows => rows.map((row) => numbers.products(row))", pairs)
    for row, sum_ in zip(pairs, shown, strict=True):
        assert_adds_up(sum_["total"], sum_["terms"])
        for (factor, value), term in zip(row, sum_["terms"], strict=True):
            left, right = map(number, term.split(" · "))
            assert float(left) == pytest.approx(factor, rel=0.05) and float(right) == pytest.approx(value, abs=6e-4)


def test_shown_is_what_number_writes(numbers_js):
    values = [0, 1, 999.4, 999.6, 0.0009994, 0.0009996, *np.ravel(random_values((500, 1))).tolist()]
    texts = numbers_js.evaluate("values => values.map((v) => [numbers.number(v), numbers.shown(v)])", values)
    for text, shown in texts:
        assert float(number(text)) == pytest.approx(shown, rel=1e-12)


def test_the_pixel_readout_of_noising(open_page):
    page = open_page()
    page.focus("#noising .frame .x_t")
    for t in (1, 77, 150, 400, 499):
        set_slider(page, "#noising .t", t)
        for key in ("ArrowRight", "ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
            for triple in page.locator("#noising .readout .triple").all():
                parts = {name: triple.locator(f".{name}").inner_text() for name in ("signal", "noise", "mixture")}
                assert re.fullmatch(r"\w+ −?\d\.\d\d [+−] \d\.\d\d = −?\d\.\d\d", triple.inner_text())
                assert number(parts["signal"]) + number(parts["noise"]) == number(parts["mixture"])


def test_the_walks_differ_by_what_is_shown(open_page):
    page = open_page()
    page.get_by_role("heading", name="Many small steps, or one jump?").scroll_into_view_if_needed()
    for t in (1, 30, 250):
        set_slider(page, "#noising .t", t)
        page.wait_for_function(f"document.querySelector('#noising .chain figcaption').textContent.startsWith('{t} ')")
        for name in ("mean", "std"):
            value, error = map(number, page.inner_text(f"#noising .{name}").split(" ± "))
            gap = (value - number(page.inner_text(f"#noising .true-{name}"))) / error
            assert gap.quantize(Decimal("0.1"), ROUND_HALF_UP) == number(page.inner_text(f"#noising .{name}-gap"))
            assert len(error.as_tuple().digits) >= 3  # else the quotient would say little


@pytest.mark.parametrize("settings", [{"sampler": "ddpm"}, {"sampler": "ddim", "eta": 0.5}, {"sampler": "euler"}])
def test_the_pixel_numbers_of_denoising(open_page, settings):
    page = open_page(link="?" + urlencode({"tab": "denoising", "num_inference_steps": 6, "step": 0, **settings}))
    wait_for_run(page, 6)
    page.focus("#denoising .x0")
    page.keyboard.press("ArrowRight")
    for step in range(6):
        set_slider(page, "#denoising .index", step)
        for line in page.locator("#denoising .pixel-numbers > div").all_inner_texts():
            total, terms = line.partition(" ")[2].split(" = ")
            assert_adds_up(total, terms.split(" + "))


def test_guidance_shows_where_there_is_something_to_see(open_page):
    """At the last step, where a run ends, the two answers hardly differ: the step where they do most is shown."""
    page = open_page(
        link="?"
        + urlencode({"tab": "denoising", "num_inference_steps": 8, "guidance_scale": 3, "step": 8, "weights": "food"})
    )
    wait_for_run(page, 8)
    config = GenerateConfig({"food": 1.0}, 1, 0, "ddim", 8, guidance_scale=3.0)
    apart = []
    for step in generate(load(), config):
        a, (one, other) = step.prediction.alpha_bar, step.prediction.branches
        apart.append((((1 - a) / a) ** 0.5 * (one.eps - other.eps)).abs().mean().item())
    clearest = int(np.argmax(apart))
    assert apart[-1] < 0.2 * apart[clearest]
    page.get_by_text(f"The run is finished: this is step {clearest}, where the two differ most.").wait_for()
    assert page.locator("#denoising .g-go").is_hidden()
    scale = page.inner_text("#denoising .g-scale")
    times, most = re.search(r"drawn (.*) times as strong: its largest value, (.*), is", scale).groups()
    assert abs(number(times) - 1 / number(most)) <= abs(number(times)) * Decimal("0.005")
    set_slider(page, "#denoising .index", 7)
    page.click("#denoising .g-go")
    assert page.input_value("#denoising .index") == str(clearest)


def test_the_captions_of_a_morph_hold_the_whole_sum(open_page):
    """Eighths end in halves of a hundredth: each rounded by itself, 0.125 and 0.875 would make 1.01."""
    page = open_page(
        link="?" + urlencode({"tab": "mixing", "a": "hero=1", "b": "food=0.3,side-facing=0.7", "at": "morph"})
    )
    page.wait_for_selector("#mixing .morph .film button", timeout=PATIENT)
    captions = [button.get_attribute("aria-label") for button in page.locator("#mixing .morph .film button").all()]
    assert len(captions) == 9
    for caption in captions:
        assert sum(Decimal(weight) for weight in re.findall(r"\d\S*", caption)) == 1, caption


def test_the_ratio_of_a_race_is_that_of_its_seconds(open_page):
    page = open_page(link="?tab=race")
    fill(page, "sprites", 1)
    for lane, steps in ((1, 12), (2, 4)):
        fill(page, f"steps of lane {lane}", steps)
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    text = page.inner_text("#race .verdict")
    fast, slow = (Decimal(seconds) for seconds in re.findall(r"took (\S+) s", text))
    ratio = re.search(r"([\d.]+) times as long", text)
    assert ratio and abs(Decimal(ratio[1]) - slow / fast) <= Decimal("0.05")
    for lane in page.locator("#race .lane").all():
        seconds, nfe, each = (Decimal(lane.locator(f".{name}").inner_text()) for name in ("seconds", "nfe", "each"))
        assert abs(each - 1000 * seconds / nfe) <= Decimal("0.05")


@pytest.mark.parametrize("tab", ["noising", "denoising", "race"])
def test_a_question_is_answered_only_when_one_has_answered(open_page, tab):
    page = open_page(link=f"?tab={tab}")
    questions = page.locator(f"#{tab} .predict:has([data-reply])").all()
    assert questions and page.locator(f"#{tab} .why:visible").count() == 0
    for question in questions:
        assert question.locator(".reply").inner_text() == ""
        replies = set()
        for answer in question.locator("[data-reply]").all():
            assert answer.get_attribute("data-reply") not in page.inner_text(f"#{tab}")
            answer.click()
            expect(answer).to_have_attribute("aria-pressed", "true")
            expect(question.locator("[aria-pressed=true]")).to_have_count(1)
            replies.add(question.locator(".reply").inner_text())
        assert len(replies) == question.locator("[data-reply]").count() and "" not in replies
