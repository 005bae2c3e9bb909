"""The network in the page: it comes when a hand is lent, and draws what the server draws, which stands in for it."""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest
from browsing import assert_same_picture, cut_off, open_tab, pixels, set_slider, settled, wait_for_run
from playwright.sync_api import expect

from core.checkpoint import SHIPPED

WEIGHTS = "**/tabs/networks/sprites.safetensors"
STAGE = "#{} .engine-choice[data-stage={}]"


def lend_a_hand(page) -> None:
    page.locator("#noising .index").press("ArrowLeft")


def guessed(page, by: str, t: int = 300) -> list[np.ndarray]:
    """What is made out at that t, by the page or the server."""
    set_slider(page, "#noising .index", t)
    settled(page, "noising")
    expect(page.locator("#noising .guess.with-class + figcaption")).to_contain_text(
        re.compile(rf"{t}.*ms, {by}", re.DOTALL), timeout=15_000
    )
    page.wait_for_selector("#noising .main:not(.stale)")
    return [pixels(page, f"#noising .guess.{which}") for which in ("with-class", "without-class")]


def test_it_comes_when_a_hand_is_lent_and_makes_out_what_the_server_does(open_page):
    page = open_page(engine="automatic")
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    settled(page, "noising")
    assert not any("network" in url for url in fetched)
    by_server = guessed(page, "by the server")  # no hand: a script moved it
    lend_a_hand(page)
    page.wait_for_selector(STAGE.format("noising", "ready"))
    for found, expected in zip(guessed(page, "here"), by_server, strict=True):
        assert_same_picture(found, expected, 1)
    cut_off(page)  # once loaded it needs nobody
    set_slider(page, "#noising .index", 299)
    expect(page.locator("#noising .guess.with-class + figcaption")).to_contain_text(re.compile("299.*here", re.DOTALL))
    page.context.set_offline(False)
    page.select_option("#noising .engine-choice select", "server")
    for found, expected in zip(guessed(page, "by the server"), by_server, strict=True):
        assert_same_picture(found, expected, 0)


def test_a_mix_is_drawn_here_as_it_is_there(open_page):
    drawn = []
    for engine, by in (("server", "server"), ("here", "here")):
        page = open_page(engine=engine)
        lend_a_hand(page)
        if engine == "here":
            page.wait_for_selector(STAGE.format("noising", "ready"))
        open_tab(page, "Mixing")
        page.wait_for_selector("#mixing .sheet.embedding .sprites canvas")
        page.locator("#mixing .guidance").press("ArrowRight")
        expect(page.locator("#mixing .live .how")).to_contain_text(f"ms, {by}")
        page.wait_for_function(
            "/\"guidance_scale\":1.1/.test(document.querySelector('#mixing .sprite').dataset.request)"
        )
        drawn.append(pixels(page, "#mixing .live .sprite"))
        assert page.get_attribute("#mixing .live .sprite", "data-steps") == "6"
    assert_same_picture(*drawn, 1)


@pytest.mark.parametrize(
    ("what", "answer", "told"),
    [
        (WEIGHTS, {"body": SHIPPED.read_bytes()[:100_000]}, "the weights were cut off on their way"),
        (WEIGHTS, {"status": 404, "body": "no"}, "the server did not send the weights"),
        ("**/sprites.plan.json", {"body": "{"}, "what came of it is damaged"),
        ("**/*.wasm", {"body": "no kernel"}, "what came of it is damaged"),
        ("**/networks.json", {"body": "no"}, "what came of it is damaged"),
    ],
    ids=str,
)
def test_where_it_does_not_arrive_the_server_draws(open_page, what, answer, told):
    page = open_page(engine="automatic")
    page.route(what, lambda route: route.fulfill(**answer))
    lend_a_hand(page)
    expect(page.locator("#noising .engine-choice [role=status]")).to_contain_text(f"it did not work: {told}.")
    guessed(page, "by the server")
    page.unroute(what)
    page.select_option("#noising .engine-choice select", "here")  # again
    page.wait_for_selector(STAGE.format("noising", "ready"))
    guessed(page, "here", 310)


def test_where_the_worker_is_killed_the_server_draws(open_page):
    page = open_page(engine="here")
    lend_a_hand(page)
    page.wait_for_selector(STAGE.format("noising", "ready"))
    guessed(page, "here")
    (worker,) = page.workers
    worker.evaluate("() => void setTimeout(close)")  # as a browser does that is short of memory: without a word
    guessed(page, "by the server", 310)
    expect(page.locator("#noising .engine-choice [role=status]")).to_contain_text("its worker has stopped")


def test_without_a_connection_the_lessons_open_and_draw(open_page):
    """All of them but Training, which is the server's."""
    page = open_page(engine="here")
    lend_a_hand(page)
    page.wait_for_selector(STAGE.format("noising", "ready"))
    cut_off(page)
    open_tab(page, "Training")  # what is its own is missing, and nothing else
    page.wait_for_selector("#training .station canvas")
    guess = "#noising .guess.with-class + figcaption"
    open_tab(page, "Noising")
    set_slider(page, "#noising .index", 222)
    expect(page.locator(guess)).to_contain_text(re.compile("222.*ms, here", re.DOTALL))
    open_tab(page, "Denoising")
    wait_for_run(page, 50)  # it opens with one
    set_slider(page, "#denoising .index", 50)
    expect(page.locator("#denoising .readings")).to_contain_text("in this browser")
    page.locator("#denoising [data-do*='num_inference_steps=4']").click()  # a task
    wait_for_run(page, 4)
    open_tab(page, "Mixing")
    page.locator("#mixing .guidance").press("ArrowRight")
    expect(page.locator("#mixing .live .how")).to_contain_text("ms, here")
    open_tab(page, "DDPM vs DDIM")
    expect(page.locator("#race .where-recorded")).not_to_be_empty()
    page.wait_for_selector("#race .lane canvas")
    page.locator("#race [data-do='lanes=heun:5,ddim:10']").click()
    expect(page.locator("#race .distance").last).to_have_text(re.compile(r"^\d"), timeout=60_000)
    expect(page.locator("#race .timed")).to_have_text("Run and timed in this browser.")
    assert page.locator("#race .nfe").all_inner_texts() == ["8", "10"]


def test_a_full_cache_costs_only_the_next_visit(open_page):
    page = open_page(engine="here")
    size = {"origin": page.evaluate("location.origin"), "quotaSize": 1000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", size)
    lend_a_hand(page)
    page.wait_for_selector(STAGE.format("noising", "ready"))
    guessed(page, "here")
    assert page.evaluate("caches.open('networks').then((cache) => cache.keys()).then((keys) => keys.length)") == 0


def test_in_a_frame_of_a_foreign_page(browser, app_url):
    """As a Space is shown: a page of another site, with ours in a frame."""

    class Outer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{app_url}" style="width: 100%; height: 880px"></iframe>'.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Outer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://localhost:{server.server_port}/")  # another site than 127.0.0.1
        frame = page.frame_locator("iframe")
        frame.locator("#noising .index").press("ArrowLeft", timeout=60_000)
        expect(frame.locator(STAGE.format("noising", "ready"))).to_be_visible(timeout=30_000)
        frame.locator("#noising .index").press("ArrowLeft")
        expect(frame.locator("#noising .guess.with-class + figcaption")).to_contain_text("ms, here")
        page.context.close()
        server.shutdown()


def test_it_can_be_installed(open_page):
    page = open_page()
    found = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in found} <= {"in-incognito"}  # which every test's page is


def test_a_phone_is_told_how_much_it_would_load(open_page):
    page = open_page(width=390, engine="automatic")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    lend_a_hand(page)
    settled(page, "noising")
    size = f"{SHIPPED.stat().st_size / 1e6:.1f} MB"
    expect(page.locator("#noising .engine-choice [role=status]")).to_contain_text(size)
    assert not any("network" in url for url in asked)
    page.select_option("#noising .engine-choice select", "here")
    page.wait_for_selector(STAGE.format("noising", "ready"))
    assert page.evaluate("localStorage.getItem('engine')") == "here"


def test_without_a_connection_what_needs_the_server_says_so_and_all_else_goes_on(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=6", engine="here")
    wait_for_run(page, 6)
    page.locator("#denoising .index").press("ArrowRight")
    page.wait_for_selector(STAGE.format("denoising", "ready"))
    cut_off(page)
    no_connection = "There is no connection to the server."
    page.select_option("#denoising .engine-choice select", "server")
    generate = page.get_by_role("button", name="Generate", exact=True)
    generate.click()
    expect(page.locator("#denoising .run-status")).to_contain_text(no_connection)
    page.locator("#denoising .take").get_by_role("button", name="GIF").click()
    expect(page.locator("#denoising .take .status")).to_contain_text(no_connection)
    open_tab(page, "DDPM vs DDIM")
    page.locator("#race [data-do*='distilled']").click()  # which is not here yet
    expect(page.locator("#race .verdict")).to_have_text(no_connection)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()

    page.select_option("#race .engine-choice select", "here")
    page.locator("#race [data-do='lanes=heun:5,ddim:10']").click()
    expect(page.locator("#race .distance").last).to_have_text(re.compile(r"^\d"), timeout=60_000)
    page.locator("#race .take").get_by_role("button", name="Python", exact=True).click()
    expect(page.locator("#race .take .status")).to_contain_text(no_connection)
    expect(page.locator("#race .take .code")).to_be_hidden()
    open_tab(page, "Denoising")
    page.locator("#denoising [data-do*='num_inference_steps=4']").click()
    wait_for_run(page, 4)
