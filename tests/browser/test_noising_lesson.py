"""The noising lesson as a person uses it, in a real browser, checked against what core computes."""

import numpy as np
from browsing import assert_same_picture, pixels, set_slider
from PIL import Image

from core import NoiseSchedule
from core.data import to_x0
from core.generate import SeededNoise
from core.render import to_uint8
from core.sprites import draw


def noised(t: int, seed: int = 0, schedule: str = "cosine") -> np.ndarray:
    x0 = to_x0(draw("hero", 0).pixels[None])
    return to_uint8(NoiseSchedule.named(schedule, 500).add_noise(x0, t, SeededNoise(seed, 1)()))[0]


def test_dragging_t_draws_the_forward_process(open_page):
    """The hand drags the slider; the canvas shows x_t = sqrt(ab) x0 + sqrt(1-ab) eps of that t."""
    page = open_page()
    page.locator("#noising .t").scroll_into_view_if_needed()
    box = page.locator("#noising .t").bounding_box()
    y = box["y"] + box["height"] / 2
    seen = []
    page.mouse.move(box["x"] + box["width"] * 0.3, y)
    page.mouse.down()
    for share in (0.4, 0.6, 0.8, 0.95):
        page.mouse.move(box["x"] + box["width"] * share, y)
        t = int(page.eval_on_selector("#noising .t", "e => +e.value"))
        assert abs(t - 500 * share) < 15
        picture = pixels(page, "#noising .x_t")
        assert_same_picture(picture, noised(t))
        seen.append(picture.tobytes())
    page.mouse.up()
    assert len(set(seen)) == 4


def test_noising_both_schedules_both_ends_and_new_noise(open_page):
    page = open_page()
    for schedule in ("cosine", "linear"):
        page.select_option("#noising .schedule", schedule)
        for t in (0, 1, 250, 500):
            set_slider(page, "#noising .t", t)
            assert_same_picture(pixels(page, "#noising .x_t"), noised(t, schedule=schedule))
    alpha_bar = NoiseSchedule.linear(500).alpha_bar[500].item()
    assert f"{alpha_bar**0.5:.3f} · x" in page.inner_text("#noising .equation")

    with page.expect_response("**/component_server/"):
        page.click("#noising .fresh")
    page.wait_for_timeout(300)
    assert_same_picture(pixels(page, "#noising .x_t"), noised(500, seed=1, schedule="linear"))


def test_keyboard_moves_t(open_page):
    page = open_page()
    page.focus("#noising .t")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert_same_picture(pixels(page, "#noising .x_t"), noised(499))


def test_upload_becomes_the_sprite(open_page, tmp_path):
    page = open_page()
    own = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(own).resize((160, 160), Image.Resampling.NEAREST).save(tmp_path / "own.png")
    page.set_input_files("input[type=file]", tmp_path / "own.png")
    page.wait_for_selector("#noising .gallery button[title='your picture 1']")
    set_slider(page, "#noising .t", 0)
    assert_same_picture(pixels(page, "#noising .x_t"), own)


def test_bad_upload_gets_a_sentence_and_changes_nothing(open_page, tmp_path):
    page = open_page()
    before = pixels(page, "#noising .x_t")
    (tmp_path / "fake.png").write_bytes(b"<html>not a picture</html>")
    page.set_input_files("input[type=file]", tmp_path / "fake.png")
    page.get_by_text("cannot be read as a picture").wait_for()
    assert_same_picture(pixels(page, "#noising .x_t"), before, 0)
