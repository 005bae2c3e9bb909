"""What the lessons tell in words: the equations in their prose, and what they say of this very network."""

import re
import unicodedata
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import torch
from lessons import run_denoising
from torch.testing import assert_close

from benchmarks.classifier import TEST_SEED, TRAINING_SEED
from benchmarks.lessons import edges, guess, within_classes
from core import GenerateConfig, NoiseSchedule, generate, last
from core.conditions import ClassWeights
from core.data import built_in, to_x0
from core.guidance import guided
from core.metrics import load_classifier, nearest, predict
from core.prediction import combine, to_prediction
from core.samplers import SAMPLERS, ddim, ddpm
from core.sprites import draw
from serving.runs import model
from tabs.denoising import novelty
from tabs.noising import lesson as noising
from tabs.page import LESSONS

RANDOM = torch.Generator().manual_seed(0)
X0, EPS = torch.rand(2, 3, 16, 16, generator=RANDOM) * 2 - 1, torch.randn(2, 3, 16, 16, generator=RANDOM)
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
ACCENTS = {"^": "\N{COMBINING CIRCUMFLEX ACCENT}", "¯": "\N{COMBINING MACRON}"}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def equation(element: ET.Element) -> str:
    """MathML as one would type it: x₀, xt, ᾱt, √(...), (...) / (...); a space beside factors and signs."""
    parts = [equation(child) for child in element]
    match element.tag:
        case "mi" | "mn" | "mtext":
            return element.text or ""
        case "mo":
            sign = element.text or ""
            return sign if sign in "()/" else f" {sign} "
        case "msub":
            return parts[0] + parts[1].translate(SUBSCRIPTS)
        case "msubsup":
            return parts[0] + parts[1].translate(SUBSCRIPTS) + "^" + parts[2]
        case "mover":
            return unicodedata.normalize("NFC", parts[0] + ACCENTS[parts[1].strip()])
        case "msqrt":
            return f"√({''.join(parts).replace(' ', '')})"
        case "mfrac":
            pairs = zip(parts, element, strict=True)
            return "/".join(part if len(child) == 1 else f"({part})" for part, child in pairs)
    return juxtaposed(parts)


def juxtaposed(parts: list[str]) -> str:
    """Factors beside each other, a space between two; none where a sign has its own or beside a bracket."""
    text = parts[0] if parts else ""
    for part in parts[1:]:
        text += part if text.endswith((" ", "(", "/")) or part.startswith((" ", ")", "/")) else f" {part}"
    return text


def words(name: str) -> str:
    """A file of a lesson, LESSON.KIND, as a reader sees it: no tags, a root as √(...), one space between words."""
    lesson, _, kind = name.partition(".")
    text = (LESSONS / lesson / f"lesson.{kind}").read_text(encoding="utf-8")
    text = MATH.sub(lambda found: equation(ET.fromstring(found[0])), text)
    text = text.replace("&NoBreak;", "").replace("&nbsp;", " ").replace("&#8209;", "-")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))


def test_equations_are_read_from_mathml():
    typed = {
        "<mi>ε</mi>": "ε",
        "<msub><mi>x</mi><mn>0</mn></msub>": "x₀",
        "<mfrac><mrow><mi>β</mi></mrow><mrow><mn>1</mn><mo>−</mo><mi>α</mi></mrow></mfrac><mi>z</mi>": "β/(1 − α) z",
        "<msqrt><mn>1</mn><mo>−</mo><mover><mi>α</mi><mo>¯</mo></mover></msqrt><mi>ε</mi>": "√(1−ᾱ) ε",
    }
    assert {equation(ET.fromstring(f"<math>{written}</math>")) for written in typed} == set(typed.values())


# ---- equations ------------------------------------------------------------------------------------------------------
def test_v_and_what_follows_from_it():
    text = words("denoising.md")
    for equation in ("v = √(ᾱt) ε − √(1−ᾱt) x₀", "ε̂ = √(1−ᾱt) xt + √(ᾱt) v̂", "x̂₀ = √(ᾱt) xt − √(1−ᾱt) v̂"):
        assert equation in text
    assert model().network.config.prediction_type == "v"
    a = 0.3
    v = a**0.5 * EPS - (1 - a) ** 0.5 * X0
    x_t = a**0.5 * X0 + (1 - a) ** 0.5 * EPS
    read = to_prediction(v, x_t, a, "v")
    assert_close(read.eps, (1 - a) ** 0.5 * x_t + a**0.5 * v)
    assert_close(read.x0, a**0.5 * x_t - (1 - a) ** 0.5 * v)
    assert_close((read.eps, read.x0), (EPS, X0))


def test_the_step_of_ddim_and_ddpm():
    """The equations under the pictures, of which a script chooses (tabs/denoising/equation.js)."""
    text = words("denoising.html")
    for written in (
        "xt′ = √(ᾱt′) · x̂₀ + √(1−ᾱt′−σt^2) · ε̂",
        "xt′ = (√(ᾱt′) β)/(1 − ᾱt) · x̂₀ + (√(α) (1 − ᾱt′))/(1 − ᾱt) · xt",
        "xt′ = μ + λ σt z",
    ):
        assert written in text
    schedule, t, t_prev = NoiseSchedule.cosine(500), 400, 380
    a, b = schedule.alpha_bar_at(t), schedule.alpha_bar_at(t_prev)
    x_t, alpha = combine(a**0.5, X0, (1 - a) ** 0.5, EPS), a / b
    for rule, noisy in ((ddim(eta=0.5), True), (ddim(), False)):
        update = rule(lambda x, t: to_prediction(EPS, x, a, "eps"), schedule, x_t, t, t_prev, ())
        assert (update.sigma_t > 0) == noisy
        assert_close(update.mean, combine(b**0.5, X0, (1 - b - update.sigma_t**2) ** 0.5, EPS))
    mean = combine(b**0.5 * (1 - alpha) / (1 - a), X0, alpha**0.5 * (1 - b) / (1 - a), x_t)
    assert_close(ddpm()(lambda x, t: to_prediction(EPS, x, a, "eps"), schedule, x_t, t, t_prev, ()).mean, mean)


def test_the_slow_motion_of_a_step():
    """The sprite that is left when the predicted noise is taken away, also where it was cut off."""
    assert "x̂₀ = (xt − √(1−ᾱt) ε̂)/√(ᾱt)" in words("denoising.html")
    for sampler in ("ddpm", "ddim", "unipc"):
        for step in generate(model(), GenerateConfig({"spell": 1.0}, 1, 2, sampler, 5)):
            prediction, ab = step.prediction, step.prediction.alpha_bar
            left = step.x_t - (1 - ab) ** 0.5 * prediction.eps
            assert_close(left, ab**0.5 * prediction.x0, atol=1e-5, rtol=0)


def test_guidance_as_its_paper_counts_it():
    """s = 1 + w: (1 + w) eps_c - w eps (Ho & Salimans 2022, eq. 6)."""
    assert "s = 1 + w" in words("denoising.md")
    schedule, w = NoiseSchedule.cosine(500), 1.5
    raw = {True: EPS, False: X0}  # what a network says with a class and without

    def network(x_t, log_snr, weights):
        return torch.cat([raw[bool(row.any())][:1] for row in weights])

    settings = {"prediction_type": "eps", "clip_x0": False}
    told = guided(network, schedule, ClassWeights(torch.eye(5)[:1]), scale=1 + w, **settings)(X0[:1], 250)
    assert_close(told.eps, (1 + w) * EPS[:1] - w * X0[:1])


def test_the_courses_schedule():
    text, course = words("noising.html"), NoiseSchedule.linear(500)
    beta, T, ab, root, share = re.search(
        r"The course uses the linear schedule: β from 0.0001 to ([\d.]+), T = (\d+). At its end ᾱ is still ([\d.]+), "
        r"so x₅₀₀ holds √\(([\d.]+)\) ≈ (\d+) % of the sprite",
        text,
    ).groups()
    assert (course.num_train_timesteps, root) == (int(T), ab)
    assert_close(course.beta[[1, 500]].tolist(), [1e-4, float(beta)], rtol=1e-9, atol=0)
    assert course.alpha_bar[500].item() == pytest.approx(float(ab), abs=5e-6)
    assert round(100 * float(ab) ** 0.5) == int(share)


def test_euler_on_x_over_root_alpha_bar_is_ddim():
    """d(x / sqrt(ab)) / d sigma = eps: the claim needs that variable, and fails in t."""
    for text, ab in ((SAMPLERS["euler"].still, "√ᾱ"), (words("race.md"), "√(ᾱ)")):
        assert re.search(rf"Euler's method, applied to xt?/{re.escape(ab)} as a function of σ = √\(", text)
    schedule, t, t_prev = NoiseSchedule.cosine(500), 400, 380
    a, b = schedule.alpha_bar_at(t), schedule.alpha_bar_at(t_prev)
    x_t = combine(a**0.5, X0, (1 - a) ** 0.5, EPS)
    ours = ddim()(lambda x, t: to_prediction(EPS, x, a, "eps"), schedule, x_t, t, t_prev, ()).mean
    sigma = schedule.sigma
    euler = b**0.5 * (x_t / a**0.5 + (sigma[t_prev] - sigma[t]).item() * EPS)
    assert_close(ours, euler)


@pytest.mark.parametrize(("t", "t_prev"), [(400, 390), (20, 10)])
def test_the_course_adds_more_noise(t, t_prev):
    """sigma_t^2 = beta (1 - ab_prev) / (1 - ab_t), and beta = 1 - 1 / s1^2, as the lesson says; over the stride."""
    schedule = NoiseSchedule.cosine(500)
    a, b = schedule.alpha_bar_at(t), schedule.alpha_bar_at(t_prev)
    steps = run_denoising("hero", "ddpm", 50)
    k = steps["t"].index(t)
    sigma, s1 = steps["sigmas"][k], steps["numbers"][k]["s1"]
    beta = 1 - s1**-2
    assert beta == pytest.approx(1 - a / b)
    assert sigma**2 == pytest.approx(beta * (1 - b) / (1 - a)) and sigma < beta**0.5


# ---- the network ----------------------------------------------------------------------------------------------------
def test_the_gallery_is_from_the_training_set():
    assert "The sprites of the gallery are from the training set" in words("noising.html")
    assert all(seed < novelty.PER_CLASS for _, seed in noising.gallery()["names"])
    name, seed = noising.gallery()["names"][-1]
    distance, _ = nearest(to_x0(draw(name, seed).pixels[None]), to_x0(novelty.training_sprites(name)))
    assert distance.item() == 0


def bands() -> dict[str, float]:
    """The noise at which a band of the noising lesson ends, in weights of the sprite."""
    html = (LESSONS / "noising" / "lesson.html").read_text(encoding="utf-8")
    return {name: float(until) for name, until in re.findall(r'data-stage="(\w+)" data-until="(\w+\.?\d*)"', html)}


@pytest.fixture(scope="module")
def seen():
    """seen(noise, told) -> what the network makes out in 100 unseen sprites where the noise weighs that much."""
    sprites, real, schedule = built_in(20, TEST_SEED), built_in(100, TEST_SEED), NoiseSchedule.cosine(500)

    def look(noise: float, told: bool = True):
        t = (schedule.sigma - noise).abs().argmin().item()
        return guess(model(), sprites, real, schedule, t, told=told)

    return look


def shares(guesses) -> tuple[float, float]:
    """Which part is sharp, and which has the outline of the hidden sprite."""
    return guesses.sharp().float().mean().item(), guesses.same_outline().float().mean().item()


def test_little_noise_hides_only_details(seen):
    for told in (True, False):
        edge = seen(bands()["little"], told)
        assert edge.off() < 16 and shares(edge)[1] > 0.97  # "nearly the sprite, with or without the class"
        assert seen(bands()["moderate"], told).off() > 30  # which holds no more where the next band ends


def test_moderate_noise_leaves_the_outline(seen):
    """At the end of the band the outline mostly stays, and twice as far it mostly does not."""
    edge = bands()["moderate"]
    assert shares(seen(edge))[1] > 0.8 and shares(seen(edge))[0] > 0.7
    assert shares(seen(edge, told=False))[1] > 0.65
    assert shares(seen(2 * edge))[1] < 0.5


def test_heavy_noise_leaves_a_blur_in_the_end(seen):
    text = r"weighs ([\d.]+) times as much as the sprite, most guesses are a blur, from ([\d.]+) times on nearly all"
    most, nearly_all = map(float, re.search(text, words("noising.html")).groups())
    assert min(shares(seen(1.15 * bands()["moderate"]))) > 0.5  # "the network still can at first"
    assert shares(seen(most))[0] < 0.5 and shares(seen(0.8 * most))[0] > 0.4
    assert shares(seen(nearly_all))[0] < 0.1 and shares(seen(0.7 * nearly_all))[0] > 0.1


def test_the_class_decides_what_a_blur_resembles():
    """t = 490 and a wrong class: the guess is nearer to the mean of the class told than to that of the right one."""
    schedule, sprites = NoiseSchedule.cosine(500), built_in(20, TEST_SEED)
    noise = torch.randn(100, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    right = sprites.weights().argmax(1)
    told = (right + 2) % 5  # never a hero for a side-facing one or the other way round: those look alike
    denoise = guided(model().run, schedule, ClassWeights(torch.eye(5)[told]), prediction_type="v")
    means = torch.stack([sprites.x0()[right == k].mean(0) for k in range(5)])
    with torch.no_grad():
        x0 = denoise(schedule.add_noise(sprites.x0(), 490, noise), 490).x0
    to_told, to_right = ((x0 - means[k]).square().mean((1, 2, 3)) for k in (told, right))
    assert (to_told < to_right).float().mean() > 0.9


def test_a_sharp_wrong_guess_costs_more_than_a_blur():
    text = r"two sprites of a class are off by (\d+) from each other on average, by only (\d+) from the mean"
    other, mean = map(int, re.search(text, words("noising.html")).groups())
    spread = within_classes(built_in(100, TEST_SEED))
    assert mean == pytest.approx(spread, abs=2) and other == pytest.approx(2**0.5 * spread, abs=3)


def test_unseen_sprites_are_seen_nearly_as_well():
    text = r"off by (\d+) at t = (\d+), instead of (\d+)"
    unseen, t, trained = map(int, re.search(text, words("noising.html")).groups())
    for seed, off in ((TRAINING_SEED, trained), (TEST_SEED, unseen)):
        sprites = built_in(40, seed)
        found = guess(model(), sprites, sprites, NoiseSchedule.cosine(500), t, told=True).off()
        assert found == pytest.approx(off, abs=1)


def test_what_a_run_draws_is_decided_early():
    """Most heroes become food if asked at the first step that the text names, and hardly one at the last."""
    text = r"of 25 heroes, 23 still became food when asked at step (\d+), .* 1 at step (\d+)\."
    early, late = map(int, re.search(text, words("denoising.html")).groups())
    classifier, names, _ = load_classifier()
    config = GenerateConfig({"hero": 1.0}, 6, num_inference_steps=50)
    steps = tuple(generate(model(), config))

    def food(at: int) -> int:
        forked = last(generate(model(), replace(config, weights={"food": 1.0}), after=steps[:at])).x_prev
        return (predict(classifier, forked) == names.index("food")).sum().item()

    assert food(early) >= 4 and food(late) <= 1


def test_without_fresh_noise_all_heroes_are_one_and_sharp():
    assert "the sprites are sharp. They are no average, only all the same" in words("denoising.html")
    x0 = last(generate(model(), GenerateConfig({"hero": 1.0}, 6, 0, "ddpm", 50, noise_scale=0.0))).x_prev
    real = built_in(100, TEST_SEED)
    real = real.x0()[torch.from_numpy(real.labels) == 0]
    assert x0.std(0).mean() * 127.5 < 4 < 40 < real.std(0).mean() * 127.5
    assert edges(x0).mean() > 0.9 * edges(real).mean() > 1.5 * edges(real.mean(0, keepdim=True)).mean()
