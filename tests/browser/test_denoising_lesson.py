"""The denoising lesson as a person uses it, in a real browser, checked against what core computes."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest
from browsing import assert_same_picture, choose, cut_off, fill, open_tab, painted, pixels, set_slider, wait_for_run
from playwright.sync_api import expect
from takeaways import run_program

from core import GenerateConfig, Models, generate, last, load
from core.render import enlarge, to_uint8
from core.samplers import SAMPLERS

PATIENT = 180_000  # ms, for what the network or the training set takes on a busy machine


def link(**settings) -> str:
    return "?" + urlencode({"tab": "denoising", **settings})


def wait_for_branches(page, count: int) -> None:
    page.wait_for_function(f"document.querySelectorAll('#denoising .branch').length == {count}", timeout=PATIENT)


def readings(page) -> dict[str, str]:
    """The numbers under the step's equation, by their labels."""
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll("#denoising .readings > div")]
        .map((pair) => ["dt", "dd"].map((name) => pair.querySelector(name).textContent.replace("\\u2060", ""))))""")


def read(text: str) -> float:
    """A number as the page writes it, 4.5 × 10⁻⁴ for instance."""
    digits, _, power = text.partition(" × 10")
    return float(digits) * 10 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


def picture(x) -> np.ndarray:
    return to_uint8(x)[0]


def bring_the_network_here(page) -> None:
    page.locator("#denoising .index").press("ArrowRight")
    page.wait_for_selector("#denoising .engine-choice[data-stage=ready]")


@pytest.mark.parametrize(("sampler", "engine"), [("ddim", "server"), ("ddpm", "server"), ("ddpm", "here")])
def test_denoising_scrubs_the_run_that_generate_made(open_page, sampler, engine):
    page = open_page(engine=engine)
    open_tab(page, "Denoising")
    wait_for_run(page, 50)  # the tab asks for a first run by itself
    if engine == "here":
        bring_the_network_here(page)
    page.get_by_label(sampler.upper(), exact=True).check()
    page.get_by_label("number input for steps").fill("12")
    page.get_by_label("number input for steps").press("Tab")
    if engine == "here":
        cut_off(page)  # once it is here it needs nobody
    page.get_by_role("button", name="Generate", exact=True).click()
    wait_for_run(page, 12)
    config = GenerateConfig(weights={"hero": 1.0}, count=1, sampler=sampler, num_inference_steps=12)
    steps = list(generate(load(), config))
    for i in (0, 5, 11):
        set_slider(page, "#denoising .index", i)
        assert_same_picture(pixels(page, "#denoising .x_t"), picture(steps[i].x_t), 2)
        assert_same_picture(pixels(page, "#denoising .x0"), picture(steps[i].prediction.x0), 2)
        assert_same_picture(pixels(page, "#denoising .eps"), picture(steps[i].prediction.eps / 3), 2)
        assert_same_picture(pixels(page, "#denoising .mean"), picture(steps[i].mean), 2)
        added = steps[i].x_prev - steps[i].mean
        assert_same_picture(pixels(page, "#denoising .z"), picture(added), 2)
        assert page.locator("#denoising .none").is_visible() == (steps[i].noise is None)
        t, alpha_bar, after, sigma = (read(value) for value in readings(page).values())
        assert (t, after) == (steps[i].t, steps[i].t_prev)
        assert alpha_bar == pytest.approx(steps[i].prediction.alpha_bar, rel=0.05)
        assert sigma == pytest.approx(steps[i].sigma_t, rel=0.01, abs=1e-4)
        assert_same_picture(pixels(page, "#denoising .x_prev"), picture(steps[i].x_prev), 2)
    set_slider(page, "#denoising .index", 12)
    assert ("in this browser" in readings(page)) == (engine == "here")
    set_slider(page, "#denoising .index", 5)
    equation = page.inner_text("#denoising .equation")
    assert ("z" in equation) == (sampler == "ddpm")
    assert f"x{steps[5].t_prev}" in equation.replace("\n", "").replace(" ", "")


def test_who_chooses_the_distilled_network_gets_few_steps(open_page):
    page = open_page()
    open_tab(page, "Denoising")
    wait_for_run(page, 50)
    choose(page, "network", "distilled network")
    page.wait_for_function("document.querySelector('[aria-label=\"number input for steps\"]').value === '4'")
    page.get_by_role("button", name="Generate", exact=True).click()
    wait_for_run(page, 4)
    config = GenerateConfig(weights={"hero": 1.0}, count=1, network="distilled", num_inference_steps=4)
    set_slider(page, "#denoising .index", 4)
    assert_same_picture(pixels(page, "#denoising .x_t"), picture(last(generate(Models(), config)).x_prev), 2)
    assert "drawn by the distilled network" in page.inner_text("#denoising .facts")
    shown = readings(page)
    assert list(shown) == ["steps", "network evaluations", "on the server"] and re.fullmatch(
        r"\d+\.\d\d s", shown["on the server"]
    )
    assert shown["steps"] == shown["network evaluations"] == "4"
    assert page.locator("#denoising .symbols msqrt").count() == 2  # the same equation as DDIM's

    linked = open_page(link=link(network="distilled", num_inference_steps=7))  # a link means what it says
    wait_for_run(linked, 7)


def test_denoising_transport(open_page):
    page = open_page()
    open_tab(page, "Denoising")
    wait_for_run(page, 50)
    value = "document.querySelector('#denoising .index').value"
    page.click("#denoising .first")
    assert page.evaluate(value) == "0"
    page.click("#denoising .forward")
    page.click("#denoising .forward")
    page.click("#denoising .back")
    assert page.evaluate(value) == "1"
    page.focus("#denoising .index")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(value) == "2"
    page.select_option("#denoising .speed", "4")
    page.focus("#denoising .play")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('#denoising .where').textContent.includes('done')", timeout=20_000)
    page.check("#denoising .loop")  # rests on the finished sprite for 0.9 s before it begins again
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)  # from here on the page's time is the test's
    page.click("#denoising .play")
    seen = []
    while 50 not in seen or seen[-1] == 50:
        page.clock.run_for(50)
        seen.append(int(page.evaluate(value)))
    assert seen[0] < 5 and seen == sorted(seen[:-1]) + seen[-1:] and seen[-1] < 5
    assert 800 <= 50 * seen.count(50) <= 1000
    page.uncheck("#denoising .loop")
    page.click("#denoising .final")
    final = last(generate(load(), GenerateConfig(weights={"hero": 1.0}, count=1, num_inference_steps=50))).x_prev
    assert_same_picture(pixels(page, "#denoising .x_prev"), picture(final), 2)


PARTS = ("x_t", "eps", "x0", "mean", "z", "x_prev")
ARRIVING = """() => [...document.querySelectorAll("#denoising .arrows g")].map((g) => {
    const line = g.querySelector(".line"), origin = line.ownerSVGElement.getBoundingClientRect();
    const [start, end] = [line.getPointAtLength(0), line.getPointAtLength(line.getTotalLength())];
    const on = ({ x, y }) => [...document.querySelectorAll("#denoising .tiles:not(.four) canvas")].filter((canvas) => {
        const { left, right, top, bottom } = canvas.getBoundingClientRect(), [px, py] = [x + origin.x, y + origin.y];
        return px > left - 2 && px < right + 2 && py > top - 2 && py < bottom + 2;
    }).map((canvas) => canvas.className).join();
    return [on(start), on(end), g.dataset.from];
})"""


def slow_part(page) -> int | None:
    """The part on show in slow motion, from 1: all later pictures are dimmed, and the sentence is about it."""
    found = page.evaluate("""() => { const tiles = document.querySelector("#denoising .tiles"),
        figures = [...tiles.querySelectorAll("figure")];
        return [tiles.classList.contains("slow"), figures.findIndex((f) => f.classList.contains("here")) + 1,
            figures.filter((f) => f.classList.contains("ahead")).length,
            document.querySelector("#denoising .slow-told").textContent.trim().slice(0, 6)]; }""")
    on, here, ahead, told = found
    assert on or (here, ahead) == (0, 0)
    assert not on or (ahead == 6 - here and told == f"{here} of 6"), found
    return here or None


def arrows(page) -> set[tuple[str, str]]:
    """From which picture to which they lead, as drawn; each in the colour of what it comes from."""
    found = page.evaluate(ARRIVING)
    assert all(start == named for start, _, named in found), found
    return {(start, end) for start, end, _ in found}


MEAN_OF = {"ddpm": {"x_t", "x0"}, "ddim": {"eps", "x0"}, "unipc": {"x_t", "x0"}}


@pytest.mark.parametrize(
    ("width", "sampler"), [(1280, "ddpm"), (1024, "ddim"), (390, "ddpm"), (390, "ddim"), (1280, "unipc")]
)
def test_a_step_in_slow_motion_shows_part_after_part(open_page, width, sampler):
    page = open_page(width, link=link(sampler=sampler, num_inference_steps=4, step=1))
    wait_for_run(page, 4)
    button = page.get_by_role("button", name="in slow motion")
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    button.press("Enter")
    noisy = sampler == "ddpm"
    wanted = [set(), {"x_t"}, {"x_t", "eps"}, MEAN_OF[sampler], set(), {"mean", "z"} if noisy else {"mean"}]
    for i, (name, sources) in enumerate(zip(PARTS, wanted, strict=True), start=1):
        assert slow_part(page) == i and arrows(page) == {(source, name) for source in sources}
        expect(button).to_have_attribute("aria-pressed", "true")
        page.clock.run_for(1150)
        assert slow_part(page) == i  # --idle of first.css, 1.2 s
        page.clock.run_for(50)
    assert slow_part(page) is None and page.inner_text("#denoising .slow-told") == ""  # and the whole step
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.locator("#denoising .index").input_value() == "1"
    assert page.locator("#denoising .arrows g").count() == 0
    button.press("Enter")
    assert slow_part(page) == 1 and page.locator("#denoising .index").input_value() == "2"  # the next step


def test_the_sentences_of_a_slow_motion_say_what_the_step_does(open_page):
    page = open_page(link=link(sampler="ddpm", num_inference_steps=4, step=2), reduced_motion="reduce")
    wait_for_run(page, 4)
    steps = list(generate(load(), GenerateConfig({"hero": 1.0}, 1, 0, "ddpm", 4)))
    button, told = page.get_by_role("button", name="in slow motion"), page.locator("#denoising .slow-told")
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    said = []
    for i in range(1, 7):
        button.press("Enter")
        assert slow_part(page) == i
        page.clock.run_for(5000)
        assert slow_part(page) == i  # nothing moves by itself
        said.append(told.text_content())
    assert f"t = {steps[2].t}" in said[0] and "Press again" in said[0]
    assert f"{steps[2].sigma_t:.3g}" in said[4] and f"t′ = {steps[2].t_prev}" in said[5]
    button.press("Enter")
    assert slow_part(page) == 1 and page.locator("#denoising .index").input_value() == "3"
    for _ in range(4):
        button.press("Enter")
    assert "adds no fresh noise" in told.inner_text()  # the last step
    button.press("Enter")
    assert "this is the finished sprite" in told.inner_text()
    button.press("Enter")
    assert page.locator("#denoising .index").input_value() == "4" and slow_part(page) is None
    button.press("Enter")  # and again, from the noise
    assert slow_part(page) == 1 and page.locator("#denoising .index").input_value() == "0"
    assert page.evaluate("getComputedStyle(document.querySelector('#denoising .arrows')).display") != "none"


def test_what_ends_a_slow_motion(open_page):
    page = open_page(link=link(sampler="ddpm", num_inference_steps=4, step=0))
    wait_for_run(page, 4)
    button = page.get_by_role("button", name="in slow motion")
    ends = {
        "Escape": lambda: page.keyboard.press("Escape"),
        "first": lambda: page.click("#denoising .first"),  # though it moves nothing
        "the button": lambda: button.click(),
        "an arrow": lambda: page.keyboard.press("ArrowRight"),
        "the slider": lambda: set_slider(page, "#denoising .index", 0),
        "play": lambda: page.click("#denoising .play"),
    }
    for name, end in ends.items():
        if name == "play":
            page.click("#denoising .first")
        button.press("Enter")
        assert slow_part(page) is not None, name
        end()
        assert slow_part(page) is None and page.locator("#denoising .arrows g").count() == 0, name
    page.click("#denoising .first")
    button.press("Enter")
    fill(page, "steps", 3)
    page.get_by_role("button", name="Generate", exact=True).click()
    wait_for_run(page, 3)
    assert slow_part(page) is None


@pytest.mark.parametrize("engine", ["server", "here"])
def test_going_back_forking_the_fork_and_its_link(open_page, engine):
    """Two forks, one of the other; each shows what generate(after=...) makes, and its link brings it back."""
    page = open_page(link=link(sampler="ddpm", num_inference_steps=8, seed=3, step=3), engine=engine)
    wait_for_run(page, 8)
    if engine == "here":
        bring_the_network_here(page)
        set_slider(page, "#denoising .index", 3)
    config = GenerateConfig({"hero": 1.0}, 1, 3, "ddpm", 8)
    steps = list(generate(load(), config))
    assert page.locator("#denoising .index").input_value() == "3"  # of the link

    page.select_option("#denoising .f-class", "spell")
    page.click("#denoising .go-fork")
    wait_for_branches(page, 2)
    first = replace(config, weights={"spell": 1.0})
    once = steps[:3] + list(generate(load(), first, after=steps[:3]))
    set_slider(page, "#denoising .index", 8)
    assert_same_picture(pixels(page, "#denoising .x_prev"), picture(once[-1].x_prev), 2)
    assert page.locator("#denoising .go-fork").is_disabled()  # at the end there is nothing to continue

    set_slider(page, "#denoising .index", 5)
    page.select_option("#denoising .f-class", "a mix")
    page.locator("#denoising .mix input").nth(2).fill("0.5")  # food; spell keeps its 1
    page.select_option("#denoising .f-sampler", "ddim")
    page.fill("#denoising .f-eta", "0.5")
    page.fill("#denoising .f-guidance", "2")
    page.click("#denoising .go-fork")
    wait_for_branches(page, 3)
    second = replace(first, weights={"food": 0.5, "spell": 1.0}, sampler="ddim", eta=0.5, guidance_scale=2.0)
    twice = once[:5] + list(generate(load(), second, after=once[:5]))
    page.locator("#denoising").get_by_text("0.5 food + spell").first.wait_for()
    set_slider(page, "#denoising .index", 6)
    assert_same_picture(pixels(page, "#denoising .x_t"), picture(twice[6].x_t), 2)
    assert_same_picture(pixels(page, "#denoising .x_prev"), picture(twice[6].x_prev), 2)

    page.wait_for_function("location.search.includes('step=6')")
    address = page.evaluate("location.search")
    page.get_by_role("button", name="Python", exact=True).click()
    expect(page.locator("#denoising .code")).to_contain_text("sprites.png")  # of a run here the server is asked for it
    _, saved = run_program(page.inner_text("#denoising .code"))
    np.testing.assert_array_equal(saved, enlarge(picture(twice[-1].x_prev), 16))

    page.locator("#denoising .branch").first.click()  # back to the run that it all began with, at the same step
    assert_same_picture(pixels(page, "#denoising .x_prev"), picture(steps[6].x_prev), 2)
    assert page.locator("#denoising .branch").first.get_attribute("aria-pressed") == "true"
    fields = {name: page.input_value(f"#denoising .f-{name}") for name in ("class", "sampler", "guidance")}
    assert fields == {"class": "hero", "sampler": "ddpm", "guidance": "1"}  # that branch's own

    again = open_page(link=address)
    wait_for_branches(again, 3)
    again.wait_for_function("document.querySelector('#denoising .index').value == 6", timeout=PATIENT)
    assert_same_picture(pixels(again, "#denoising .x_prev"), picture(twice[6].x_prev), 2)


def test_where_nothing_would_change_the_fork_is_offered_of_what_the_branch_left(open_page):
    """As the lesson asks: another class at an early step, and again later, which means the run and not its branch."""
    page = open_page(link=link(num_inference_steps=10, step=2))
    wait_for_run(page, 10)
    config = GenerateConfig({"hero": 1.0}, 1, num_inference_steps=10)
    steps = list(generate(load(), config))
    page.select_option("#denoising .f-class", "hero")
    expect(page.locator("#denoising .go-fork")).to_be_disabled()
    assert "Nothing would change" in page.inner_text("#denoising .fork-why")
    page.fill("#denoising .f-seed", "5")
    assert "a seed has no effect" in page.inner_text("#denoising .fork-why")
    assert page.locator("#denoising .go-other").is_hidden()  # there is only the run
    page.select_option("#denoising .f-class", "food")
    page.click("#denoising .go-fork")
    wait_for_branches(page, 2)
    set_slider(page, "#denoising .index", 6)
    expect(page.locator("#denoising .go-fork")).to_be_disabled()
    page.get_by_role("button", name="Fork the run (hero) at step 6").click()
    wait_for_branches(page, 3)
    later = steps[:6] + list(generate(load(), replace(config, weights={"food": 1.0}, seed=5), after=steps[:6]))
    set_slider(page, "#denoising .index", 10)
    assert_same_picture(pixels(page, "#denoising .x_prev"), picture(later[-1].x_prev), 2)
    assert page.locator("#denoising .branch").all_inner_texts()[2].split("\n") == ["from step 6", "food, seed 5"]
    assert "go back to an earlier step" in page.inner_text("#denoising .fork-why")


def test_a_request_that_fails_says_nothing_of_the_others(open_page):
    page = open_page(link=link(num_inference_steps=4, step=1))
    wait_for_run(page, 4)
    page.get_by_text("Forgot to add noise?", exact=True).click()
    page.get_by_role("button", name="Measure diversity").click()
    page.fill("#denoising .f-guidance", "99")
    page.click("#denoising .go-fork")
    expect(page.locator("#denoising .fork-status")).to_contain_text(
        "That did not work; what was here stays.", timeout=PATIENT
    )
    assert "did not work" not in page.inner_text("#denoising .measure-status")
    page.wait_for_function("document.querySelectorAll('#denoising .diversity').length == 2", timeout=PATIENT)


@pytest.mark.parametrize(
    "forks",
    [
        '[{"at": 1}]',
        '[{"at": 9, "weights": {}, "sampler": "ddim", "guidance_scale": 1, "seed": 0, "eta": 0, "noise_scale": 1}]',
    ],
)
def test_a_link_with_a_fork_that_cannot_be_used(open_page, forks):
    page = open_page(link=link(num_inference_steps=4, step=1, forks=forks))
    wait_for_run(page, 4)
    page.get_by_text("The link's fork cannot be used; this is the run without it.").wait_for(timeout=PATIENT)
    page.wait_for_function("!location.search.includes('forks')")


def test_a_fork_that_arrives_after_a_new_run_is_dropped(open_page):
    page = open_page(link=link(sampler="ddpm", num_inference_steps=50, step=1))
    wait_for_run(page, 50)
    fill(page, "steps", 4)
    held = []  # the fork's request, until the new run is there
    page.route("**/queue/join*", lambda route: route.continue_() if held else held.append(route))
    page.click("#denoising .go-fork")
    page.wait_for_function("document.querySelector('#denoising .fork-status').textContent")
    page.get_by_role("button", name="Generate", exact=True).click()
    wait_for_run(page, 4)
    held[0].continue_()
    page.get_by_text("A fork has arrived that belongs to the run before").wait_for(timeout=PATIENT)
    assert page.locator("#denoising .branch").count() <= 1
    assert page.locator("#denoising .index").get_attribute("max") == "4"


def test_a_link_with_spoiled_forks_still_gives_the_run(open_page):
    page = open_page(link=link(num_inference_steps=4, step=1, forks="[{"))
    wait_for_run(page, 4)
    page.get_by_text("the forks must be a list of up to 5").wait_for()
    page.fill("#denoising .f-guidance", "")
    page.click("#denoising .go-fork")
    page.get_by_text("guidance has no number; write one.").wait_for()
    page.fill("#denoising .f-guidance", "99")
    page.click("#denoising .go-fork")
    page.get_by_text("guidance_scale must be a number from 0 to 20").first.wait_for(timeout=PATIENT)
    page.get_by_text("That did not work; what was here stays.").wait_for(timeout=PATIENT)
    assert page.locator("#denoising .branch").count() == 1


def test_a_pixel_by_keyboard_and_its_numbers(open_page):
    page = open_page(link=link(sampler="ddpm", num_inference_steps=6, step=2))
    wait_for_run(page, 6)
    page.focus("#denoising .x0")
    page.keyboard.press("ArrowRight")  # begins at column 9, row 9
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.get_by_text("Column 10, row 8.").wait_for()
    assert page.locator("#denoising .index").input_value() == "2"  # these arrows are the picture's
    step = list(generate(load(), GenerateConfig({"hero": 1.0}, 1, 0, "ddpm", 6)))[2]
    for channel, line in enumerate(page.locator("#denoising .pixel-numbers > div").all_inner_texts()):
        text = line.replace("−", "-").replace("(", "").replace(")", "")
        after, a, x0, b, x_t, sigma, z = (float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text))
        for shown, tensor in ((x0, step.prediction.x0), (x_t, step.x_t), (z, step.noise)):
            assert shown == pytest.approx(tensor[0, channel, 7, 9].item(), abs=2e-3)  # sent in half precision
        assert after == pytest.approx(step.x_prev[0, channel, 7, 9].item(), abs=0.02)
        assert a * x0 + b * x_t + sigma * z == pytest.approx(after, abs=5.1e-3)  # what is shown adds up
    assert page.locator("#denoising .ring").count() == 6
    page.keyboard.press("Escape")
    assert page.locator("#denoising .ring").count() == 0


def test_guidance_taken_apart(open_page):
    page = open_page(link=link(num_inference_steps=5, guidance_scale=3, step=1, **{"weights": "food"}))
    wait_for_run(page, 5)
    page.get_by_text("Guidance, taken apart").click()
    step = list(generate(load(), GenerateConfig({"food": 1.0}, 1, 0, "ddim", 5, guidance_scale=3.0)))[1]
    ab = step.prediction.alpha_bar
    for branch, name in zip(step.prediction.branches, ("g-cond", "g-uncond"), strict=True):
        x0 = (step.x_t - (1 - ab) ** 0.5 * branch.eps) / ab**0.5
        assert_same_picture(pixels(page, f"#denoising .{name}"), picture(x0), 2)
    assert_same_picture(pixels(page, "#denoising .g-result"), picture(step.prediction.x0), 2)
    assert "3.00" in page.inner_text("#denoising .g-equation")
    assert len(np.unique(pixels(page, "#denoising .g-diff"))) > 20


def test_without_fresh_noise_the_sheet_is_less_diverse(open_page):
    page = open_page(link=link(num_inference_steps=10, sampler="ddpm", noise_scale=0, guidance_scale=1))
    wait_for_run(page, 10)
    set_slider(page, "#denoising .index", 2)
    assert "forgotten" in page.inner_text("#denoising .facts")
    page.get_by_text("Forgot to add noise?", exact=True).click()
    page.get_by_role("button", name="Measure diversity").dblclick()  # the second is not lost
    page.wait_for_function("document.querySelectorAll('#denoising .diversity').length == 2", timeout=PATIENT)
    without, with_noise = (
        int(re.search(r"\d+", t)[0]) for t in page.locator("#denoising .diversity").all_inner_texts()
    )
    assert without < 0.85 * with_noise  # the more steps, the greater the loss
    config = GenerateConfig({"hero": 1.0}, 16, 0, "ddpm", 10)
    for n, own in enumerate((replace(config, noise_scale=0.0), config)):
        sheet = to_uint8(last(generate(load(), own)).x_prev)
        shown = pixels(page, f"#denoising .sheets > div:nth-child({n + 1}) canvas:nth-child(16)")
        assert_same_picture(shown, sheet[15], 2)


@pytest.mark.parametrize("width", [1280, 390])
def test_guidance_1_3_and_5_over_the_same_seeds(open_page, width):
    page = open_page(width, link=link(weights="food", num_inference_steps=6, seed=2, guidance_scale=2))
    wait_for_run(page, 6)
    assert page.locator("#denoising .strength canvas").count() == 0 and page.locator(".strength-none").is_hidden()
    page.get_by_role("button", name="Draw 8 sprites with guidance 1, 3 and 5").click()
    page.wait_for_function("document.querySelectorAll('#denoising .strength-rows > div').length == 3", timeout=PATIENT)
    cut = []
    for n, scale in enumerate((1.0, 3.0, 5.0), start=1):
        config = GenerateConfig({"food": 1.0}, 8, 2, "ddim", 6, guidance_scale=scale)
        expected, row = (
            to_uint8(last(generate(load(), config)).x_prev),
            f"#denoising .strength-rows > div:nth-child({n})",
        )
        for i in (0, 7):
            assert_same_picture(pixels(page, f"{row} canvas:nth-child({i + 1})"), expected[i], 0)
        assert page.inner_text(f"{row} h4") == f"guidance {scale:g}"
        numbers = page.locator(f"{row} dl > div").all_inner_texts()
        assert [re.sub(r"\s*\d+ %", "", text) for text in numbers] == ["diversity", "taken for food", "values cut off"]
        cut.append(int(re.search(r"(\d+) %", numbers[2])[1]))
        tops = page.eval_on_selector_all(f"{row} canvas", "all => all.map((c) => c.getBoundingClientRect().top)")
        assert len(tops) == 8 and len(set(tops)) == 1  # side by side
        label = page.locator(f"{row} .sheet").get_attribute("aria-label")
        assert f"food, guidance {scale:g}; diversity " in label
    assert cut == sorted(cut) and cut[0] < cut[2]
    expect(page.locator("#denoising .strength-status")).to_contain_text("food, DDIM in 6 steps, seeds 2 to 9")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_class_no_strengths_are_compared(open_page):
    page = open_page(link=link(weights="no class", num_inference_steps=3))
    wait_for_run(page, 3)
    expect(page.locator("#denoising .strength-none")).to_contain_text("there is nothing to guide to")
    expect(page.locator("#denoising .strengthen")).to_be_hidden()


SENTENCES = {  # of what each of them is put into
    "heun": "asks the network again where that leads",
    "plms": "a weighted sum of the last four ε̂",
    "dpmpp_2m": "extrapolates x̂₀ from this prediction and the one before to the middle of the stride",
    "dpmpp_2m_sde": "mixes it with a part of x, and adds fresh noise",
    "unipc": "first corrects x with what the network has just said",
}


@pytest.mark.parametrize("sampler", sorted(set(SAMPLERS) - {"ddpm", "ddim", "euler"}))
def test_a_sampler_without_an_equation_is_put_into_words(open_page, sampler):
    page = open_page(link=link(num_inference_steps=3, sampler=sampler, seed=5))
    wait_for_run(page, 3)
    assert SENTENCES[sampler] in page.inner_text("#denoising .symbols")
    assert page.locator("#denoising .notes-equation").is_hidden() and page.locator("#denoising .notes-text").is_hidden()
    assert f"{SAMPLERS[sampler].title} makes it of more than this prediction" in page.inner_text("#denoising .course")


def test_the_step_as_the_course_writes_it_is_a_station(open_page):
    page = open_page(link=link(num_inference_steps=5, sampler="ddpm", step=2, at="course"))
    wait_for_run(page, 5)
    expect(page.get_by_role("heading", name="The same step as the course writes it")).to_be_focused()
    step = list(generate(load(), GenerateConfig({"hero": 1.0}, 1, 0, "ddpm", 5)))[2]
    schedule = GenerateConfig().noise_schedule()
    alpha = schedule.alpha_bar_at(step.t) / schedule.alpha_bar_at(step.t_prev)
    text = page.inner_text("#denoising .notes-equation")
    for value in (alpha**-0.5, (1 - alpha) / (1 - schedule.alpha_bar_at(step.t)) ** 0.5, step.sigma_t):
        assert f"{value:.3g}" in text, (value, text)
    assert page.locator("#denoising .course").get_by_text("enlarges what is left").is_visible()


def samplers_seen(page) -> list[str]:
    return [text.strip() for text in page.locator("#denoising .samplers label:visible").all_inner_texts()]


def test_three_samplers_are_seen_first_and_the_chosen_one_always(open_page):
    first = [record.title for record in SAMPLERS.values() if record.first]
    rest = [record.title for record in SAMPLERS.values() if not record.first]
    assert first == ["DDPM", "DDIM", "UniPC"]
    page = open_page(link=link(num_inference_steps=3, sampler="heun"))
    wait_for_run(page, 3)
    more = page.get_by_role("button", name="more samplers", exact=True)
    assert samplers_seen(page) == [*first, "Heun"]
    page.get_by_label("DDIM", exact=True).check()
    assert samplers_seen(page) == first
    more.click()
    assert samplers_seen(page) == [*first, *rest]
    page.get_by_label("PLMS", exact=True).check()
    more.click()
    assert samplers_seen(page) == [*first, "PLMS"]
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator("#denoising .symbols")).to_contain_text(SENTENCES["plms"], timeout=PATIENT)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_shows_between_the_controls_of_a_row_but_hairlines(open_page, width):
    """A margin of the samplers' box let the ground of its row be seen, a grey bar."""
    page = open_page(width, link=link(num_inference_steps=3))
    wait_for_run(page, 3)
    page.get_by_role("button", name="more samplers", exact=True).click()
    below = page.evaluate("""() => { const box = document.querySelector("#denoising .samplers"),
        { bottom } = box.getBoundingClientRect();
        return [box.nextElementSibling, box.parentElement].map((e) => e.getBoundingClientRect())
            .map((r) => (r.top > bottom - 2 ? r.top : r.bottom) - bottom); }""")
    assert min(abs(gap) for gap in below) < 2, below


def test_narrow_by_touch(open_page):
    page = open_page(390, link=link(num_inference_steps=4, sampler="ddpm", schedule="scaled_linear"))
    wait_for_run(page, 4)
    page.get_by_text("the sprites will be too grey").wait_for()
    page.locator("#denoising .x0").tap(position={"x": 40, "y": 40})
    page.wait_for_selector("#denoising .pixel-body:not([hidden])")
    for part in ("Guidance, taken apart", "Forgot to add noise?", "Is it new?"):
        page.get_by_text(part, exact=True).tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_nearest_training_sprite(open_page):
    page = open_page(link=link(num_inference_steps=5))
    wait_for_run(page, 5)
    page.get_by_text("Is it new?", exact=True).click()
    page.get_by_role("button", name="Find the nearest").click()
    page.wait_for_selector("#denoising .distance", timeout=PATIENT)
    shown = float(re.search(r"distance ([\d.]+)", page.inner_text("#denoising .distance"))[1])
    own, other = (pixels(page, f"#denoising .pair figure:nth-child({n}) canvas").astype(float) for n in (1, 2))
    assert np.sqrt(np.square(own - other).mean()) == pytest.approx(shown, abs=0.1)


def test_all_of_a_step_is_in_sight(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=4")
    wait_for_run(page, 4)
    for width in (1024, 850, 700, 390):
        page.set_viewport_size({"width": width, "height": 900})
        painted(page)
        for name in ("x_t", "eps", "x0", "mean", "z", "x_prev"):
            box = page.locator(f"#denoising .tiles .{name}").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["width"] >= 40
