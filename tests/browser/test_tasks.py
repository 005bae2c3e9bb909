"""Tasks: a button does what a task proposes, there is an answer, and a way back. Questions: predict, then see."""

import re

import numpy as np
import pytest
from browsing import pixels, settled, wait_for_run
from playwright.sync_api import expect

from tabs import TABS
from tabs.page import LESSONS


@pytest.mark.parametrize("tab", TABS)
def test_every_lesson_has_tasks_with_answers_and_two_questions(tab):
    html = (LESSONS / tab / "lesson.html").read_text()
    tasks = re.findall(r"<li\b.*?</li>", html[html.index('class="tasks"') :], re.S)
    assert len(tasks) >= 3
    for task in tasks:
        assert "data-do=" in task and "<details><summary>Answer</summary>" in task
        for station in re.findall(r'data-show="(\w+)"', task):
            assert f'data-station="{station}"' in html
    questions = re.findall(r'class="(?:\w+ )?predict"', html)
    assert len(questions) >= 2 and html.count("show-me") == len(questions)


def test_a_task_of_noising_sets_what_it_says_and_leads_back(open_page):
    page = open_page()
    settled(page, "noising")
    before = pixels(page, "#noising .eps")
    task = page.get_by_role("button", name="Set t = 440 and draw new noise")
    task.click()
    settled(page, "noising")
    assert page.input_value("#noising .t") == "440" and (pixels(page, "#noising .eps") != before).any()
    assert page.locator("#noising .x_t").bounding_box()["y"] >= 0
    page.get_by_role("button", name="back to the task").click()
    expect(task).to_be_focused()
    expect(page.get_by_role("button", name="back to the task")).to_have_count(0)
    answer = page.locator("#noising .tasks li").nth(1).locator("details")
    answer.locator("summary").click()
    expect(answer).to_contain_text("differ by about 52")


def test_a_prediction_is_followed_by_what_the_network_shows(open_page):
    page = open_page(link="?tab=noising&at=question")
    question = page.locator("#noising .predict").first
    expect(question.locator(".why")).to_be_hidden()
    question.locator("[data-reply]").first.click()
    settled(page, "noising")
    expect(question.locator(".reply")).to_contain_text("Not there")
    assert page.input_value("#noising .t") == "490"
    told = page.input_value("#noising .told")
    assert told != "hero"
    expect(question.locator(".mirrored-caption")).to_contain_text(f'told "{told}"')
    shown = pixels(page, "#noising .predict [data-mirror='.with-class']")
    assert (shown == pixels(page, "#noising .with-class")).all() and np.ptp(shown) > 0


@pytest.mark.parametrize(
    ("place", "said"), [(430, "That is it, or nearly"), (60, "You said t = 60."), (None, "At t = 440.")]
)
def test_a_marker_is_placed_and_compared(open_page, place, said):
    page = open_page(link="?tab=noising&at=question")
    question = page.locator("#noising .predict").nth(1)
    if place is None:
        question.locator(".show-me").click()
    else:
        question.locator(".marker").fill(str(place))
        expect(question.locator("output")).to_have_text(f"t = {place}")
        question.locator(".place").click()
    expect(question.locator(".reply")).to_contain_text(said)
    assert page.input_value("#noising .t") == "440"


def test_a_task_of_denoising_sets_gradios_controls_and_draws(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=6&seed=4")
    wait_for_run(page, 6)
    page.get_by_role("button", name="Generate in 4 steps").click()
    wait_for_run(page, 4)
    page.wait_for_function("location.search.includes('num_inference_steps=4') && location.search.includes('seed=4')")
    page.get_by_role("button", name="Go to step 5").click()
    assert page.input_value("#denoising .index") == "4"  # the last there is


def test_a_prediction_of_denoising_draws_its_sheets(open_page):
    page = open_page(link="?tab=denoising&num_inference_steps=6")
    wait_for_run(page, 6)
    page.locator("#denoising .forgot [data-reply]").nth(1).click()
    expect(page.locator("#denoising .forgot .reply")).to_contain_text("Yes")
    page.wait_for_selector("#denoising .forgot .sheet canvas", timeout=60_000)
    assert page.input_value("#denoising .lambda") == "0"


@pytest.mark.parametrize("tab", TABS)
def test_every_answer_of_every_question_is_replied_to(open_page, tab):
    page = open_page(link=f"?tab={tab}")
    page.wait_for_selector(f"#{tab} .rail button", state="attached")
    # What the machine then shows is tested above, and takes its time.
    page.eval_on_selector_all(f"#{tab} .predict", "all => all.forEach((box) => delete box.dataset.then)")
    questions = page.locator(f"#{tab} .predict")
    right = 0
    for question in questions.all():
        answers = question.locator("[data-reply]")
        for answer in answers.all():
            answer.dispatch_event("click")
            said = answer.get_attribute("data-reply")
            assert question.locator(".reply").text_content() == said
            right += said.startswith("Yes")
            pressed = answers.evaluate_all("all => all.map((each) => each.getAttribute('aria-pressed'))")
            assert pressed.count("true") == 1 and answer.get_attribute("aria-pressed") == "true"
            assert question.locator(".why").first.is_visible()
    assert right >= questions.filter(has=page.locator("[data-reply]")).count()
