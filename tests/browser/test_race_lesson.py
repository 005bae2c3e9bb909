"""The race as a person uses it, in a real browser, checked against what core computes."""

import re

import numpy as np
import pytest
from browsing import all_pixels, assert_same_picture, choose, cut_off, download, fill, open_tab, pixels
from gradio_client import Client
from playwright.sync_api import expect

from core import GenerateConfig, generate, last, load
from core.compare import converged, distance
from core.render import to_uint8

pytestmark = pytest.mark.timed
PATIENT = 180_000  # ms
# Watches for the end of the last lane, and for what is done to the plots until then.
WATCH = """lanes => {
    window.seen = { end: null, plots: 0 };
    const race = document.querySelector("#race");
    let running = false;
    new MutationObserver(() => {
        const bars = [...race.querySelectorAll("progress")];
        running ||= race.querySelector(".nfe")?.textContent === "0";
        if (running && bars.length === lanes && bars.every((bar) => bar.value === 1)) seen.end ??= performance.now();
    }).observe(race, { subtree: true, childList: true, characterData: true });
    for (const plot of document.querySelectorAll("#race-plot, #quality-plot"))
        new MutationObserver(() => { if (seen.end === null) seen.plots++; })
            .observe(plot, { subtree: true, childList: true, attributes: true });
}"""
# The first lane of a race runs.
BEGUN = "document.querySelector('#race .nfe').textContent > 0 && document.querySelector('#race .lane .tag.live')"
# A sprite of several steps, drawn in the page's worker.
RUN_A_SPRITE = """async () => {
    const { about, run } = await page.module("engine");
    await run("sprite", { config: { ...about().defaults, count: 1, num_inference_steps: 50 } });
}"""
PLAY_TO_THE_END = """() => new Promise((done) => {
    const start = performance.now(), play = document.querySelector("#race .play");
    play.click();
    const playing = () => play.classList.contains("playing");
    const look = () => (playing() ? requestAnimationFrame(look) : done(performance.now() - start));
    requestAnimationFrame(look);
})"""


def run_race(page) -> list[float]:
    """Press Race, wait for its end; the milliseconds that an evaluation took in each lane."""
    page.evaluate("document.querySelector('#race .plots').hidden = true")
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    return [float(text) for text in page.locator("#race .each").all_inner_texts()]


def test_a_race_is_all_there_before_its_distances_and_stopping_them_takes_nothing_away(open_page):
    page = open_page(link="?tab=race&count=32" + lanes(("ddim", 3), ("ddim", 2)) + "&seed=4321")
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .station:has(.tag.live) .replay:not([hidden])", timeout=PATIENT)
    assert page.locator("#race .distance").all_inner_texts() == ["…", "…"]  # the exact solution takes 200 steps
    assert download(page, "#race", "PNG").stat().st_size > 0
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#race .distance").first).to_have_text("–")
    assert "times as long" in page.inner_text("#race .verdict") and page.locator("#race .replay").is_visible()


RECORDED = "tabs/race/recorded.json"
AT_REST = "document.querySelector('#race .position').value === '1000'"


def test_the_lesson_opens_with_a_recorded_race_until_one_is_run_here(open_page):
    page, fetched = open_page(), []
    page.on("request", lambda request: fetched.append(request.url))
    assert not page.evaluate(f"performance.getEntriesByType('resource').some((e) => e.name.endsWith('{RECORDED}'))")
    open_tab(page, "DDPM vs DDIM")
    page.wait_for_selector("#race .lane canvas")
    assert sum(url.endswith(RECORDED) for url in fetched) == 1
    expect(page.locator("#race .play")).to_have_text("pause")
    assert page.locator("#race .lane h3").all_inner_texts() == ["DDPM, 500 steps", "DDIM, 25 steps"]
    assert page.locator("#race .lane .tag").all_inner_texts() == ["recorded", "recorded"]
    assert "recorded on 2 cores of an x86-64 CPU" in page.inner_text("#race .idle")
    page.locator("#race .speed").select_option("4")  # it plays once, to its end
    page.wait_for_function(AT_REST, timeout=60_000)
    expect(page.locator("#race .play")).to_have_text("replay")
    assert page.locator("#race .nfe").all_inner_texts() == ["500", "25"]
    assert "times as long" in page.inner_text("#race .verdict")
    expected = to_uint8(last(generate(load(), GenerateConfig({"hero": 1.0}, 8, 0, "ddim", 25))).x_prev)
    shown = all_pixels(page, "#race .lane:nth-child(2) canvas")
    assert_same_picture(shown, expected, 2)
    assert page.locator("#race .plots").is_hidden() and page.locator("#race .idle").is_visible()
    assert download(page, "#race", "PNG").stat().st_size > 0

    fill(page, "sprites", 1)
    for lane, steps in ((1, 4), (2, 2)):
        fill(page, f"steps of lane {lane}", steps)
    run_race(page)
    assert page.locator("#race .lane .tag").all_inner_texts() == ["live", "live"]
    assert page.locator("#race .nfe").all_inner_texts() == ["4", "2"]
    assert page.locator("#race .idle").is_hidden()
    assert page.inner_text("#race .plots .tag") == "measured before"


def test_where_less_motion_is_wanted_the_recorded_race_is_over(open_page):
    page = open_page(link="?tab=race", reduced_motion="reduce")
    assert page.evaluate(AT_REST) and page.inner_text("#race .play") == "replay"
    assert page.locator("#race .nfe").all_inner_texts() == ["500", "25"]


def test_two_more_lanes_are_behind_a_button_unless_a_link_sets_them(open_page):
    page = open_page(link="?tab=race")
    more, third = page.get_by_role("button", name="more lanes"), page.get_by_label("lane 3", exact=True)
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(third).to_be_hidden()
    more.focus()
    page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(third).to_be_focused()
    more.press("Space")
    expect(third).to_be_hidden()
    expect(open_page(link="?tab=race&sampler4=heun").get_by_label("lane 4", exact=True)).to_have_value("Heun")


def test_lanes_and_their_controls_fit_a_screen(open_page):
    page = open_page(link="?tab=race")
    expect(page.get_by_label("lane 2", exact=True)).to_be_visible()
    assert page.get_by_role("button", name="more lanes").evaluate("(e) => e.getBoundingClientRect().bottom") <= 800


def lanes(*settings: tuple[str, int]) -> str:
    """The part of a link that names them."""
    each = [f"&sampler{i}={name}&num_inference_steps{i}={steps}" for i, (name, steps) in enumerate(settings, start=1)]
    return "".join(each)


def test_four_equal_lanes_take_the_same_time(open_page):
    """On the machine that also draws the page, as on a laptop in class.

    Other work there may slow down any lane of any race. So each is compared with the others of its race, and of these
    ratios in several first races the median counts.
    """
    races, ratios = [], []
    for _ in range(9):
        races.append(run_race(open_page(link="?tab=race&count=8" + lanes(*[("ddim", 50)] * 4))))
        ratios.append(np.array(races[-1]) / np.median(races[-1]))
        usual = np.median(ratios, axis=0)
        if len(races) >= 3 and usual.max() < 1.2 * usual.min():
            return
    raise AssertionError(f"equal lanes differ: {races}")


def test_the_default_race_takes_as_many_times_as_long_as_it_has_evaluations(open_page):
    """500 to 25: 20 times, whatever else the browser has to do for the first race."""
    ratios = []
    for _ in range(4):
        slow, fast = run_race(open_page(link="?tab=race"))
        ratios.append(20 * slow / fast)
        if 17 < ratios[-1] < 23:
            return
    raise AssertionError(f"about 20 times as long was expected, not {ratios}")


def test_nothing_is_drawn_while_a_lane_runs(open_page):
    """Neither in the first race, before which there is no Plotly, nor in the second, when there are plots to redraw."""
    page, answers = open_page(link="?tab=race&count=1" + lanes(("ddim", 20), ("ddim", 20), ("unipc", 8))), []
    page.on("request", lambda request: answers.append(request) if "component_server" in request.url else None)
    for first in (True, False):
        page.evaluate(WATCH, 3)
        before = len(answers)
        run_race(page)
        assert len(answers) - before >= 4  # the page has said when it had drawn the start, and each lane's end
        page.wait_for_function("document.querySelectorAll('.js-plotly-plot').length === 2")
        assert page.evaluate("seen.end !== null && seen.plots === 0")
        if first:
            chunk = "performance.getEntriesByType('resource').find((entry) => /plotly/i.test(entry.name))"
            assert page.evaluate(f"{chunk}.startTime > seen.end")


def test_the_plots_are_in_the_pages_size_of_text_and_have_no_toolbar(open_page):
    page = open_page(link="?tab=race&count=1" + lanes(("ddim", 2), ("ddim", 2)))
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    run_race(page)
    for plot in ("race", "quality"):
        text = page.locator(f"#{plot}-plot .xtick text").first
        expect(text).to_have_css("font-size", "24px", timeout=PATIENT)
    assert page.locator(".modebar-btn:not(.modebar-btn--logo)").count() == 0  # which names its makers


def test_the_counters_follow_the_replay_in_the_races_own_time(open_page):
    page = open_page(link="?tab=race&count=1" + lanes(("ddim", 40), ("heun", 5)))
    run_race(page)
    texts = lambda name: page.locator(f"#race .{name}").all_inner_texts()  # noqa: E731
    longest = max(map(float, texts("seconds")))

    def turn_to(position: int) -> None:
        page.locator("#race .position").evaluate(
            "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", position
        )

    turn_to(0)
    assert texts("nfe") == texts("seconds") == ["0", "0"]
    assert texts("each") == texts("distance") == ["–", "–"]
    turn_to(500)
    done = int(texts("nfe")[0])
    assert 0 < done < 40 and float(texts("seconds")[0]) <= longest / 2 + 0.01
    assert page.locator("#race progress").first.evaluate("bar => bar.value") == done / 40
    turn_to(1000)
    assert texts("nfe") == ["40", "8"] and "–" not in texts("distance")

    page.locator("#race .speed").select_option("0.25")
    assert page.evaluate(PLAY_TO_THE_END) >= 1000 * 4 * (longest - 0.01)
    slider, replay = (page.locator(f"#race .{name}").bounding_box() for name in ("position", "replay"))
    assert slider["width"] > 0.3 * replay["width"]


def test_stop_can_be_pressed_while_a_race_runs(open_page):
    page = open_page(link="?tab=race&count=1" + lanes(("ddim", 500), ("ddim", 2)))
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_disabled()
    page.get_by_role("button", name="Race", exact=True).click()
    expect(stop).to_be_enabled()
    stop.click()
    expect(stop).to_be_disabled()
    fill(page, "steps of lane 1", 2)
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    expect(stop).to_be_disabled()


def another_race(app_url: str) -> None:
    """Somebody else's short race, from its place in the queue to its end."""
    Client(app_url, verbose=False).predict(lanes=[{"num_inference_steps": 1}] * 2, count=1, api_name="/compare")


def test_race_of_four_lanes_replay_stop_and_again(open_page, app_url):
    page = open_page()
    open_tab(page, "DDPM vs DDIM")
    fill(page, "sprites", 2)
    page.get_by_role("button", name="more lanes").click()
    choose(page, "lane 3", "Heun")
    choose(page, "lane 4", "UniPC")
    for lane, steps in enumerate((40, 5, 4, 6), start=1):
        fill(page, f"steps of lane {lane}", steps)
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=60_000)
    assert page.locator("#race .nfe").all_inner_texts() == ["40", "5", "6", "6"]
    slow, fast = (float(text) for text in page.locator("#race .seconds").all_inner_texts()[:2])
    assert slow > fast > 0
    assert all(float(text) > 0 for text in page.locator("#race .distance").all_inner_texts())
    steps = list(generate(load(), GenerateConfig(weights={"hero": 1.0}, count=2, num_inference_steps=5)))
    own = "#race .lane:nth-child(2) canvas:nth-child(2)"
    assert_same_picture(pixels(page, own), to_uint8(steps[-1].x_prev)[1], 2)
    page.wait_for_selector("#race-plot .js-plotly-plot")
    page.wait_for_selector("#quality-plot .js-plotly-plot")

    page.locator("#race .clock").select_option("t")  # at equal noise, from the start, then two fifths of the way
    for position, state in ((0, steps[0].x_t), (400, steps[1].x_prev)):
        page.locator("#race .position").evaluate(
            "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", position
        )
        assert_same_picture(pixels(page, own), to_uint8(state)[1], 2)
    page.get_by_role("button", name="replay").click()
    page.wait_for_function("document.querySelector('#race .position').value === '1000'", timeout=20_000)
    assert_same_picture(pixels(page, own), to_uint8(steps[-1].x_prev)[1], 2)

    fill(page, "sprites", 32)
    fill(page, "steps of lane 1", 500)
    page.get_by_role("button", name="Race", exact=True).click()
    progress = "document.querySelector('#race progress').value"
    page.wait_for_function(f"document.querySelectorAll('#race canvas').length == 128 && {progress} > 0", timeout=60_000)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("Stopped.").wait_for()
    another_race(app_url)  # waits for the end of this one
    at_stop = page.evaluate(progress)
    another_race(app_url)
    assert page.evaluate(progress) == at_stop < 1

    fill(page, "sprites", 1)  # and again
    fill(page, "steps of lane 1", 10)
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=60_000)
    assert page.locator("#race .nfe").all_inner_texts() == ["10", "5", "6", "6"]


def open_race_here(open_page, link: str):
    """The lesson, with the networks in the page."""
    page = open_page(link="?tab=race" + link, engine="here")
    page.locator("#race .play").press("Tab")
    page.wait_for_selector("#race .engine-choice[data-stage=ready]")
    return page


def test_a_race_runs_in_the_page_without_the_server_and_comes_to_the_plots_when_that_is_there(open_page):
    lanes_here = (("ddpm", 6), ("heun", 3), ("unipc", 4))
    page = open_race_here(open_page, "&weights=food&count=3&seed=5" + lanes(*lanes_here))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    cut_off(page)
    page.get_by_role("button", name="Race", exact=True).click()
    expect(page.locator("#race .timed")).to_have_text("Run and timed in this browser.", timeout=PATIENT)
    expect(page.locator("#race .distance").last).to_have_text(re.compile(r"^\d"), timeout=PATIENT)
    assert page.locator("#race .lane .tag").all_inner_texts() == ["live"] * 3
    assert page.locator("#race .nfe").all_inner_texts() == ["6", "4", "4"]
    assert "times as long" in page.inner_text("#race .verdict")
    configs = [GenerateConfig({"food": 1.0}, 3, 5, sampler, steps) for sampler, steps in lanes_here]
    truth = converged(load(), configs[0])
    for i, config in enumerate(configs):
        x0 = last(generate(load(), config)).x_prev
        shown = all_pixels(page, f"#race .lane:nth-child({i + 1}) canvas")
        assert_same_picture(shown, to_uint8(x0), 2)
        found = float(page.locator("#race .distance").nth(i).inner_text())
        assert found == pytest.approx(distance(x0, truth), abs=0.1)
    for position, state in ((0, "x_t"), (1000, "x_prev")):  # its replay begins with the noise
        page.locator("#race .position").evaluate(
            "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", position
        )
        step = [*generate(load(), configs[0])][0 if state == "x_t" else -1]
        assert_same_picture(all_pixels(page, "#race .lane:nth-child(1) canvas"), to_uint8(getattr(step, state)), 2)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()
    assert page.locator("#race .plots").is_hidden()
    assert download(page, "#race", "PNG").stat().st_size > 0
    page.context.set_offline(False)

    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    page.wait_for_selector("#quality-plot .js-plotly-plot")
    names = page.locator("#race-plot .legendtext")
    expect(names).to_have_text(["DDPM, this browser", "Heun, this browser", "UniPC, this browser"])
    assert page.locator("#race-plot .points path").count() == 3  # the race that the server never saw is not there
    assert not any("race_run" in url or "queue/join" in url for url in asked)
    page.get_by_role("button", name="Python", exact=True).click()
    expect(page.locator("#race .code")).to_contain_text("sampler='heun'")

    page.select_option("#race .engine-choice select", "server")
    page.get_by_role("button", name="Race", exact=True).click()
    expect(names).to_contain_text(["DDPM", "DDPM, this browser"], timeout=PATIENT)
    assert page.locator("#race-plot .points path").count() == 6 and page.locator("#race .timed").is_hidden()


def test_stop_ends_a_race_in_the_page_at_once_and_the_next_replaces_what_runs(open_page):
    page = open_race_here(open_page, "&count=8" + lanes(("ddpm", 500), ("ddim", 3)))
    stop = page.get_by_role("button", name="Stop", exact=True)
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_function(BEGUN)
    stop.click()
    page.get_by_text("Stopped.").wait_for()
    expect(stop).to_be_disabled()
    at_stop = page.locator("#race .nfe").all_inner_texts()
    assert 0 < int(at_stop[0]) < 500 and at_stop[1] == "0"
    page.evaluate(RUN_A_SPRITE)  # in the same worker: had the race gone on, more of it would be there
    assert page.locator("#race .nfe").all_inner_texts() == at_stop

    page.get_by_role("button", name="Race", exact=True).click()  # and again
    page.wait_for_function(BEGUN)
    fill(page, "steps of lane 1", 2)
    expect(stop).to_be_enabled()
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    assert page.locator("#race .lane h3").all_inner_texts() == ["DDPM, 2 steps", "DDIM, 3 steps"]
    expect(stop).to_be_disabled()


def test_the_newest_race_replaces_the_one_under_way_wherever_it_runs(open_page, app_url):
    page = open_race_here(open_page, "&count=8" + lanes(("ddpm", 500), ("ddim", 3)))
    chosen, stop = page.locator("#race .engine-choice select"), page.get_by_role("button", name="Stop", exact=True)
    chosen.select_option("server")
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_function(BEGUN, timeout=PATIENT)
    chosen.select_option("here")
    page.get_by_role("button", name="Race", exact=True).click()
    expect(page.locator("#race .timed")).to_be_visible()
    another_race(app_url)  # the server's has ended
    page.wait_for_function(BEGUN)
    expect(stop).to_be_enabled()
    expect(page.locator("#race .timed")).to_be_visible()

    chosen.select_option("server")
    fill(page, "steps of lane 1", 2)
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    expect(page.locator("#race .timed")).to_be_hidden()
    assert page.locator("#race .nfe").all_inner_texts() == ["2", "3"]
    expect(stop).to_be_disabled()


def test_where_the_worker_ends_during_a_race_the_server_runs_it(open_page):
    page = open_race_here(open_page, "&count=8" + lanes(("ddpm", 300), ("ddim", 3)))
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_function(BEGUN)
    (worker,) = page.workers
    worker.evaluate("() => void setTimeout(close)")  # as a browser does that is short of memory: without a word
    expect(page.locator("#race .timed")).to_be_hidden(timeout=PATIENT)
    expect(page.locator("#race .engine-choice [role=status]")).to_contain_text("its worker has stopped")
    page.wait_for_selector("#race .plots:not([hidden])", timeout=PATIENT)
    assert page.locator("#race .nfe").all_inner_texts() == ["300", "3"]
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()


def test_what_the_page_cannot_read_of_a_race_is_the_servers(open_page):
    page = open_race_here(open_page, "&count=1" + lanes(("ddim", 3), ("ddim", 2)))
    page.get_by_label("seed", exact=True).fill("")
    page.get_by_role("button", name="Race", exact=True).click()
    page.get_by_text("seed must be given").wait_for(timeout=PATIENT)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()


def test_a_race_is_linked_and_asked_about(open_page):
    chosen = "?tab=race&weights=spell&count=3&seed=5"
    page = open_page(link=f"{chosen}&num_inference_steps1=6&sampler2=unipc&num_inference_steps2=4")
    page.get_by_role("button", name="Race", exact=True).click()
    page.wait_for_selector("#race .plots:not([hidden])", timeout=60_000)
    assert page.locator("#race .lane h3").all_inner_texts() == ["DDPM, 6 steps", "UniPC, 4 steps"]
    each = (("ddpm", 6), ("unipc", 4), ("none", 10), ("none", 10))
    written = (
        f"&sampler{i}={name}&network{i}=sprites&num_inference_steps{i}={steps}&eta{i}=0"
        for i, (name, steps) in enumerate(each, 1)
    )
    assert page.evaluate("location.search") == chosen + "".join(written)
    page.get_by_role("button", name="about 20 times", exact=True).click()  # asked of another race: the recorded one
    expect(page.locator("#race .lane h3")).to_have_text(["DDPM, 500 steps", "DDIM, 25 steps"])
    expect(page.locator("#race .lane .tag.recorded")).to_have_count(2)
    page.get_by_role("button", name="DDIM and UniPC", exact=True).click()
    page.get_by_text("DDIM and UniPC follow the same path").wait_for()
    titles = ["DDIM, 50 steps", "UniPC, 50 steps", "DDPM, 50 steps"]  # and the machine shows it
    expect(page.locator("#race .lane h3")).to_have_text(titles, timeout=PATIENT)
    expect(page.get_by_label("lane 3", exact=True)).to_be_visible()


def test_the_answer_of_the_race_holds_for_the_shipped_network():
    """50 steps from the same noise: DDIM and UniPC end within a few grey levels, DDPM far away (median sprite)."""
    ddim, unipc, ddpm = (
        last(generate(load(), GenerateConfig({"hero": 1.0}, 16, 0, sampler, 50))).x_prev
        for sampler in ("ddim", "unipc", "ddpm")
    )
    assert distance(ddim, unipc) < 5 and distance(ddim, ddpm) > 50
