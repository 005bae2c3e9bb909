"""Training: the loss by hand, the run as a pure function of its configuration, and interruptions without a trace."""

import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from tiny import TINY, randomised, until
from torch.testing import assert_close

from core.checkpoint import Model, load
from core.networks import LOG_SNR_RANGE, UNet, UNetConfig, initialise
from core.prediction import PREDICTION_TYPES
from core.train import Batch, TrainConfig, Trainer, cosine_log_snr, loss, sketch_loss
from core.train.__main__ import main, train

CONFIG = TrainConfig(images=80, batch_size=8, warmup_steps=2)
SMALL = ["--per-class", "4", "--batch-size", "8", "--channels", "8,16", "--blocks", "1,1"]


@pytest.fixture
def trainer(tiny_data):
    return Trainer(tiny_data, TINY, CONFIG)


def states(trainer):
    """Everything that a run has learned: weights, averages and the optimizer's state, as one flat dictionary."""
    optimizer = trainer.optimizer.state_dict()["state"]
    return (
        {f"network.{k}": v.clone() for k, v in trainer.network.state_dict().items()}
        | {f"average.{k}": v.clone() for k, v in trainer.average.state_dict().items()}
        | {f"optimizer.{i}.{k}": v.clone() for i, state in optimizer.items() for k, v in state.items()}
    )


def same_bits(a, b):
    assert a.keys() == b.keys() and len(a) > 50
    for key in a:
        assert_close(a[key], b[key], rtol=0, atol=0, msg=lambda m, key=key: f"{key}: {m}")


def advance(trainer, steps):
    run = trainer.run()
    return [next(run) for _ in range(steps)]


# Where it starts


def test_a_trainer_neither_sets_nor_heeds_the_generator_of_the_process(tiny_data):
    drawn, weights = [], []
    for seed in (1, 2):
        torch.manual_seed(seed)
        weights.append(Trainer(tiny_data, TINY, CONFIG).network.state_dict())
        drawn.append(torch.rand(3))
    assert not torch.equal(*drawn)  # so it has not been seeded meanwhile
    for key, value in weights[0].items():
        assert_close(weights[1][key], value, rtol=0, atol=0)
    other = Trainer(tiny_data, TINY, replace(CONFIG, seed=1)).network.state_dict()
    assert not torch.equal(other["stem.weight"], weights[0]["stem.weight"])


def test_trainers_that_are_built_at_once_start_as_they_would_alone(tiny_data):
    alone, start = Trainer(tiny_data, TINY, CONFIG).network.state_dict(), threading.Barrier(8)

    def build(_):
        start.wait()
        return Trainer(tiny_data, TINY, CONFIG).network.state_dict()

    with ThreadPoolExecutor(8) as pool:
        for together in pool.map(build, range(8)):
            for key, value in alone.items():
                assert_close(together[key], value, rtol=0, atol=0)


def test_initial_weights_are_as_pytorch_draws_them():
    """Uniform within 1 / sqrt(fan in), of every layer; what the constructor sets to zero stays zero."""
    pytorch, ours = UNet(UNetConfig()), UNet(UNetConfig())
    initialise(ours, torch.Generator().manual_seed(0))
    for (name, theirs), own in zip(pytorch.named_parameters(), ours.parameters(), strict=True):
        assert theirs.any() == own.any() or theirs.numel() < 8, name
        if theirs.numel() >= 1000 and theirs.any():
            assert abs(own.std() / theirs.std() - 1) < 0.06, name
            assert abs(own.abs().max() / theirs.abs().max() - 1) < 0.02, name
            assert not torch.equal(own, theirs)


# The loss and the noise levels


def test_cosine_log_snr_is_the_continuous_cosine_schedule():
    """alpha_bar = cos^2(pi u / 2)."""
    u = torch.linspace(0.001, 0.999, 99, dtype=torch.float64)
    assert_close(torch.sigmoid(cosine_log_snr(u)), torch.cos(math.pi / 2 * u) ** 2)


def test_cosine_log_snr_stays_in_the_range_of_training():
    ends = cosine_log_snr(torch.tensor([0.0, 1e-9, 1 - 1e-9, 1.0], dtype=torch.float64))
    assert ends.tolist() == [LOG_SNR_RANGE[1]] * 2 + [LOG_SNR_RANGE[0]] * 2


@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
def test_loss_by_hand(prediction_type):
    """Mean of (answer - target)^2 over a sprite, at x_t = sqrt(a) x0 + sqrt(1-a) eps, a = sigmoid(log_snr)."""
    generator = torch.Generator().manual_seed(0)
    x0, eps = torch.randn(2, 3, 3, 16, 16, generator=generator)
    log_snr, weights = torch.tensor([-9.0, 0.3, 9.0]), torch.eye(5)[:3]
    asked = []

    def network(*args):
        asked.append(args)
        return 0.5 * args[0]

    network.config = SimpleNamespace(prediction_type=prediction_type)
    found = loss(network, Batch(x0, weights, log_snr, eps))
    assert found.shape == (3,)
    for i in range(3):
        a = 1 / (1 + math.exp(-log_snr[i].item()))
        signal, noise = math.sqrt(a), math.sqrt(1 - a)
        x_t = signal * x0[i] + noise * eps[i]
        target = {"eps": eps[i], "x0": x0[i], "v": signal * eps[i] - noise * x0[i]}[prediction_type]
        assert_close(asked[0][0][i], x_t, rtol=1e-4, atol=1e-5)
        assert_close(found[i], (0.5 * x_t - target).square().sum() / 768, rtol=1e-4, atol=1e-5)
    assert asked[0][1] is log_snr and asked[0][2] is weights


def test_sketch_loss_is_the_error_of_v():
    """A sketch that guesses x0 + d is wrong in v by d / sqrt(1 - alpha_bar)."""
    generator = torch.Generator().manual_seed(0)
    x0, eps = torch.randn(2, 3, 3, 16, 16, generator=generator)
    log_snr = torch.tensor([-9.0, 0.3, 9.0])
    network = SimpleNamespace(sketch=lambda x_t, log_snr, weights: x0 + 0.1)
    found = sketch_loss(network, Batch(x0, torch.eye(5)[:3], log_snr, eps))
    assert_close(found, 0.01 * (1 + log_snr.exp()), rtol=1e-3, atol=0)


def test_loss_is_finite_and_right_at_the_ends_of_the_range():
    """At log_snr = -18 and 14, where 1 - alpha_bar or alpha_bar is below a millionth."""
    x0, eps = torch.ones(2, 3, 16, 16), -torch.ones(2, 3, 16, 16)
    network = UNet(TINY)
    torch.nn.init.zeros_(network.out[-1].bias)  # answers 0
    found = loss(network, Batch(x0, torch.zeros(2, 5), torch.tensor(LOG_SNR_RANGE), eps))
    expected = []
    for level in LOG_SNR_RANGE:
        a = 1 / (1 + math.exp(-level))
        expected.append((math.sqrt(a) + math.sqrt(1 / (1 + math.exp(level)))) ** 2)  # v = -sqrt(a) - sqrt(1-a)
    assert_close(found, torch.tensor(expected), rtol=1e-3, atol=1e-6)


# Batches


def test_log_snr_shift_moves_every_noise_level(tiny_data):
    """Same sprites, same noise, every level lower by 1.5 (or at the end of the range); the sketch's stay."""
    plain, shifted = (
        Trainer(tiny_data, TINY, TrainConfig(images=8, batch_size=32, log_snr_shift=shift)) for shift in (0.0, -1.5)
    )
    a, b = plain._batch(), shifted._batch()
    assert_close(b.log_snr, (a.log_snr - 1.5).clamp(*LOG_SNR_RANGE), rtol=0, atol=1e-5)
    assert torch.equal(a.x0, b.x0) and torch.equal(a.eps, b.eps)
    assert torch.equal(plain._sketch_batch().log_snr, shifted._sketch_batch().log_snr)


def test_condition_dropout_zeroes_its_share_of_the_rows(tiny_data):
    """3,200 rows at 0.3: within 5 standard errors. The others are one-hot and fit their sprite."""
    trainer = Trainer(tiny_data, TINY, TrainConfig(images=1, batch_size=64, condition_dropout=0.3))
    x0, dropped, total = tiny_data.x0(), 0, 0
    for trainer.step in range(50):
        batch = trainer._batch()
        weights = batch.weights
        kept = weights.sum(1) > 0
        dropped, total = dropped + (~kept).sum().item(), total + len(kept)
        for sprite, row in zip(batch.x0[kept][:3], weights[kept][:3], strict=True):
            own = x0[tiny_data.labels == row.argmax().item()]
            assert row.sum() == row.max() == 1 and (own == sprite).all((1, 2, 3)).any()
    assert abs(dropped / total - 0.3) < 5 * math.sqrt(0.3 * 0.7 / total)


def test_without_dropout_every_row_keeps_its_class(tiny_data):
    trainer = Trainer(tiny_data, TINY, TrainConfig(images=1, batch_size=64, condition_dropout=0))
    assert (trainer._batch().weights.sum(1) == 1).all()


def test_every_epoch_shows_every_sprite_once_in_a_new_order(trainer, tiny_data):
    """20 sprites in batches of 8: two epochs are five batches."""
    x0, shown = tiny_data.x0(), []
    for trainer.step in range(5):
        shown += [int((x0 == sprite).all((1, 2, 3)).nonzero()[0]) for sprite in trainer._batch().x0]
    assert sorted(shown[:20]) == sorted(shown[20:]) == list(range(20))
    assert shown[:20] != shown[20:]


def test_noise_levels_are_stratified(trainer):
    """One u from each of batch_size equal parts of (0, 1), new at every step, and eps ~ N(0, 1)."""
    all_eps, levels = [], []
    for trainer.step in range(20):
        batch = trainer._batch()
        u = 2 / math.pi * torch.acos(torch.sigmoid(batch.log_snr.double()).sqrt())
        assert (u * 8).floor().tolist() == list(range(8))
        levels.append(batch.log_snr)
        all_eps.append(batch.eps)
    assert len(torch.stack(levels).unique()) == 160
    values = torch.stack(all_eps)
    assert abs(values.var().item() - 1) < 5 * math.sqrt(2 / values.numel())


def test_the_sketch_sees_more_and_noisier_sprites(tiny_data):
    """sketch_batch_size rows, stratified too, every level lower by 1.5 in log-SNR (or at the end of the range)."""
    trainer = Trainer(tiny_data, TINY, TrainConfig(images=8, batch_size=8, sketch_batch_size=32))
    batch, again = trainer._sketch_batch(), trainer._sketch_batch()
    assert len(batch.x0) == 32 and torch.equal(batch.eps, again.eps)
    u = 2 / math.pi * torch.acos(torch.sigmoid(batch.log_snr.double() + 1.5).sqrt())
    inside = batch.log_snr > LOG_SNR_RANGE[0]
    assert (u * 32).floor()[inside].tolist() == torch.arange(32)[inside].tolist()
    trainer.step = 1
    assert not torch.equal(trainer._sketch_batch().eps, batch.eps)


def test_the_sketch_learns_from_its_own_loss_alone(tiny_data):
    """The U-Net's loss leaves the sketch as it is; the sketch's leaves the U-Net as it is."""
    trainer = Trainer(tiny_data, TINY, CONFIG)
    network = randomised(trainer.network).requires_grad_(True)

    def touched():
        return {name.split(".")[0] for name, p in network.named_parameters() if p.grad is not None}

    loss(network, trainer._batch()).mean().backward()
    assert "sketch" not in touched() and {"stem", "sketch_stem", "out"} <= touched()
    network.zero_grad()
    sketch_loss(network, trainer._sketch_batch()).mean().backward()
    assert touched() == {"sketch"}


def test_starting_from_a_network_without_sketch(tiny_data):
    """Its weights are taken over, the sketch starts fresh and silent: the answers are the same."""
    plain = randomised(UNet(replace(TINY, sketch=0)))
    trainer = Trainer(tiny_data, TINY, CONFIG)
    trainer.start_from(Model(plain, tiny_data.class_names, {"images_seen": 7}))
    given = torch.randn(2, 3, 16, 16), torch.zeros(2), torch.zeros(2, 5)
    for network in (trainer.network, trainer.average):
        assert_close(network(*given), plain(*given))
    assert trainer.model().info["started_from"] == {"images_seen": 7}


@pytest.mark.parametrize(
    ("changed", "names"), [({"channels": (8, 16, 24)}, None), ({"sketch": 16}, None), ({}, ("a", "b", "c", "d", "e"))]
)
def test_starting_from_another_shape_is_refused(tiny_data, changed, names):
    trainer = Trainer(tiny_data, TINY, CONFIG)
    before = states(trainer)
    with pytest.raises(ValueError, match="another shape or other classes"):
        trainer.start_from(Model(UNet(replace(TINY, **changed)), names or tiny_data.class_names))
    same_bits(states(trainer), before)


@pytest.mark.parametrize(
    ("changed", "info", "word"),
    [
        ({"prediction_type": "eps"}, {}, "predicts eps"),
        ({"heads": 4}, {}, "shape"),
        ({}, {"distilled": True}, "distil"),
    ],
)
def test_starting_from_a_network_that_answers_otherwise_is_refused(tiny_data, changed, info, word):
    """The same tensors, but they mean something else."""
    trainer = Trainer(tiny_data, TINY, CONFIG)
    with pytest.raises(ValueError, match=word):
        trainer.start_from(Model(UNet(replace(TINY, **changed)), tiny_data.class_names, info))


# Settings


@pytest.mark.parametrize(
    ("images", "batch_size", "steps"), [(80, 8, 10), (81, 8, 11), (1, 64, 1), (1_500_000, 64, 23_438)]
)
def test_steps_cover_the_images(images, batch_size, steps):
    assert TrainConfig(images=images, batch_size=batch_size).steps == steps


def test_learning_rate_warms_up_stays_and_falls_to_zero():
    config = TrainConfig(images=1000, batch_size=1, learning_rate=0.5, warmup_steps=99, decay_share=0.4)
    rates = [config.learning_rate_at(step) for step in range(1000)]
    for step, rate in enumerate(rates):
        expected = 0.5 * (step + 1) / 100 if step < 99 else 0.5 if step <= 600 else 0.5 * (1000 - step) / 400
        assert math.isclose(rate, expected, rel_tol=1e-12), step
    assert config.learning_rate_at(1000) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("images", 0),
        ("batch_size", 0),
        ("warmup_steps", -1),
        ("seed", -1),
        *[("learning_rate", v) for v in (0, -1, 1.1, math.nan, math.inf)],
        *[("clip_norm", v) for v in (0, -1, math.nan)],
        *[("weight_decay", v) for v in (-0.1, math.nan)],
        *[("decay_share", v) for v in (0, 1.1, math.nan)],
        *[("ema_decay", v) for v in (-0.1, 1, math.nan)],
        *[("condition_dropout", v) for v in (-0.1, 1, math.nan)],
        *[("log_snr_shift", v) for v in (-11, 11, math.nan)],
    ],
)
def test_senseless_settings_are_refused(field, value):
    with pytest.raises(ValueError) as refusal:
        TrainConfig(**{field: value})
    assert "\n" not in str(refusal.value)


# The run


def test_training_lowers_the_loss(tiny_data):
    """On fixed noise, for the network and for its average."""
    trainer = Trainer(tiny_data, TINY, TrainConfig(images=800, batch_size=16, learning_rate=5e-3, warmup_steps=5))
    generator = torch.Generator().manual_seed(1)
    x0, weights = tiny_data.x0(), tiny_data.weights()
    eps, log_snr = torch.randn(x0.shape, generator=generator), torch.linspace(-4, 4, len(x0))

    @torch.no_grad()
    def measure(network):
        return loss(network, Batch(x0, weights, log_snr, eps)).mean().item()

    before = measure(trainer.network)
    steps = list(trainer.run())
    assert measure(trainer.network) < 0.7 * before and measure(trainer.average) < 0.9 * before
    assert [s.step for s in steps] == list(range(1, 51)) and [s.images_seen for s in steps] == list(range(16, 801, 16))
    assert all(s.learning_rate == trainer.config.learning_rate_at(i) for i, s in enumerate(steps))
    assert trainer.images_seen == 800 and trainer.epoch == 40
    assert not list(trainer.run())  # nothing is left to do


def test_the_average_follows_the_network(trainer):
    """EMA with decay min(ema_decay, (1 + step) / (10 + step)), worked out beside the run."""
    expected = [p.clone() for p in trainer.average.parameters()]
    for step in trainer.run():
        decay = min(CONFIG.ema_decay, (1 + step.step) / (10 + step.step))
        now = [p.detach() for p in trainer.network.parameters()]
        expected = [decay * e + (1 - decay) * p for e, p in zip(expected, now, strict=True)]
    for e, p in zip(expected, trainer.average.parameters(), strict=True):
        assert_close(p, e, rtol=1e-4, atol=1e-6)
        assert not p.requires_grad  # or autograd would remember every step of the run


def test_two_runs_of_one_configuration_agree_to_the_bit(tiny_data):
    one, two = Trainer(tiny_data, TINY, CONFIG), None
    first = [step.loss for step in one.run()]
    torch.rand(3)  # the global generator does not matter
    two = Trainer(tiny_data, TINY, CONFIG)
    assert [step.loss for step in two.run()] == first
    same_bits(states(one), states(two))


def test_another_seed_is_another_run(tiny_data, trainer):
    other = Trainer(tiny_data, TINY, TrainConfig(images=80, batch_size=8, warmup_steps=2, seed=1))
    assert advance(other, 1)[0].loss != advance(trainer, 1)[0].loss


@pytest.mark.parametrize("after", [1, 4, 9, 10])
def test_an_interrupted_run_ends_like_an_uninterrupted_one(tiny_data, trainer, tmp_path, after):
    """Save after some steps, go on in a new Trainer: the same bits, losses and count of images."""
    losses = [step.loss for step in trainer.run()]
    first = Trainer(tiny_data, TINY, CONFIG)
    advance(first, after)
    first.save(tmp_path / "last.safetensors")
    torch.rand(5)
    second = Trainer(tiny_data, TINY, CONFIG)
    second.resume(tmp_path / "last.safetensors")
    assert second.images_seen == 8 * after
    assert [step.loss for step in second.run()] == losses[after:]
    assert second.images_seen == trainer.images_seen == 80
    assert second.recent_loss == trainer.recent_loss
    same_bits(states(second), states(trainer))


def test_a_run_can_be_prolonged(tiny_data, trainer, tmp_path):
    """A finished run, resumed with more images: the same bits as if its trainer went on with them itself."""
    advance(trainer, 10)
    trainer.save(tmp_path / "last.safetensors")
    longer = Trainer(tiny_data, TINY, replace(CONFIG, images=96))
    longer.resume(tmp_path / "last.safetensors")
    same_bits(states(longer), states(trainer))
    trainer.config = longer.config
    steps = list(longer.run())
    assert [step.images_seen for step in steps] == [88, 96] and steps == list(trainer.run())
    same_bits(states(longer), states(trainer))


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"batch_size": 16}, "batch_size"),
        ({"learning_rate": 1e-3}, "learning_rate"),
        ({"seed": 1}, "seed"),
        ({"condition_dropout": 0.2}, "condition_dropout"),
    ],
)
def test_resuming_with_other_settings_is_refused(tiny_data, trainer, tmp_path, changed, word):
    advance(trainer, 1)
    trainer.save(tmp_path / "last.safetensors")
    other = Trainer(tiny_data, TINY, TrainConfig(**({"images": 80, "batch_size": 8, "warmup_steps": 2} | changed)))
    before = states(other)
    with pytest.raises(ValueError, match=rf"other settings \({word}\)"):
        other.resume(tmp_path / "last.safetensors")
    assert other.step == 0
    same_bits(states(other) | {"x": torch.zeros(1)}, before | {"x": torch.zeros(1)})


def test_resuming_with_other_pictures_or_names_of_the_same_file_is_refused(tiny_data, trainer, tmp_path):
    trainer.save(tmp_path / "last.safetensors")
    other = {
        "pictures": replace(tiny_data, images=255 - tiny_data.images),
        "classes": replace(tiny_data, class_names=tuple("abcde")),
    }
    for word, data in other.items():
        with pytest.raises(ValueError, match=rf"other settings \({word}\)"):
            Trainer(data, TINY, CONFIG).resume(tmp_path / "last.safetensors")
    relabelled = replace(tiny_data, labels=tiny_data.labels[::-1].copy())
    with pytest.raises(ValueError, match=r"other settings \(pictures\)"):
        Trainer(relabelled, TINY, CONFIG).resume(tmp_path / "last.safetensors")


def test_a_run_that_started_from_a_network_without_training_is_resumed(tiny_data, trainer, tmp_path):
    start = Model(UNet(TINY), tiny_data.class_names, {"final_loss": math.nan})
    trainer.start_from(start)
    trainer.save(tmp_path / "last.safetensors")
    other = Trainer(tiny_data, TINY, CONFIG)
    other.start_from(start)
    other.resume(tmp_path / "last.safetensors")


def test_resuming_without_what_the_run_started_from_is_refused(tiny_data, trainer, tmp_path):
    trainer.start_from(Model(UNet(TINY), tiny_data.class_names, {"images_seen": 7}))
    trainer.save(tmp_path / "last.safetensors")
    with pytest.raises(ValueError, match=r"other settings \(started_from\)"):
        Trainer(tiny_data, TINY, CONFIG).resume(tmp_path / "last.safetensors")


def test_resuming_from_something_else_is_refused(trainer, tmp_path):
    path = tmp_path / "last.safetensors"
    trainer.save(path)
    with safe_open(path, framework="pt") as file:
        metadata, tensors = dict(file.metadata()), {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    whole = path.read_bytes()

    def refuses():
        with pytest.raises(ValueError) as refusal:
            trainer.resume(path)
        assert "\n" not in str(refusal.value) and str(path) in str(refusal.value)

    for content in (b"", b"nonsense", whole[:100], whole[:-1]):
        path.write_bytes(content)
        refuses()
    path.unlink()
    refuses()
    save_file({"a": torch.zeros(1)}, path)
    refuses()
    for spoiled in ({"run": "[]"}, {"run": "{"}, {"step": "many"}):
        save_file(tensors, path, metadata | spoiled)
        refuses()
    save_file({k: v for k, v in tensors.items() if k != "network.stem.weight"}, path, metadata)
    refuses()


def test_the_finished_run_leaves_its_files(trainer, tmp_path, capsys):
    """Snapshots in half precision at their epochs with a sheet each, and the final checkpoint with its record."""
    final = train(trainer, tmp_path, snapshots=(0, 2), save_seconds=1e9)
    stems = ("epoch-000", "epoch-002", "final")
    assert {file.name for file in tmp_path.iterdir()} == {"last.safetensors"} | {
        f"{stem}.{kind}" for stem in stems for kind in ("safetensors", "png")
    } | {f"epoch-{epoch}-raw.safetensors" for epoch in ("000", "002")}
    model = load(final)
    info = model.info
    assert (info["images_seen"], info["epochs"], info["data"]) == (80, 4.0, "tiny")
    assert info["train_config"]["batch_size"] == 8 and math.isfinite(info["final_loss"]) and info["commit"]
    for key, value in trainer.average.state_dict().items():
        assert_close(model.network.state_dict()[key], value, rtol=0, atol=0)
    assert load(tmp_path / "epoch-000.safetensors").info["images_seen"] == 0
    raw, averaged = (load(tmp_path / f"epoch-002{kind}.safetensors").network.state_dict() for kind in ("-raw", ""))
    assert (raw["stem.weight"] != averaged["stem.weight"]).any()
    assert load(tmp_path / "epoch-002.safetensors").info["epochs"] == 2
    with safe_open(tmp_path / "epoch-002.safetensors", framework="pt") as file:
        assert file.get_tensor("stem.weight").dtype == torch.float16
    assert Image.open(tmp_path / "final.png").size == (4 * (8 * 17 + 1), 4 * (5 * 17 + 1))
    assert "100.0%" in capsys.readouterr().out


# The command line


def test_kill_9_and_run_again_ends_at_the_same_images_and_weights(python, tmp_path, capsys, monkeypatch):
    """SIGKILL in the middle, the same command again: it goes on, and ends like a run that nobody killed."""
    options = [*SMALL, "--images", "640", "--snapshots", "", "--save-seconds"]
    folder = tmp_path / "killed"
    process = python("-m", "core.train", *options, 0, "--out", folder)
    until(lambda: (folder / "last.safetensors").exists() or process.poll() is not None, "a checkpoint")
    process.kill()
    process.communicate()
    with safe_open(folder / "last.safetensors", framework="pt") as file:
        seen = 8 * int(file.metadata()["step"])
    assert 0 < seen < 640 and not (folder / "final.safetensors").exists()

    quick_sheet = np.zeros((1, 1, 3), np.uint8)  # a real one takes seconds
    monkeypatch.setattr("core.train.__main__.sample_sheet", lambda model: quick_sheet)
    main([*options, "60", "--out", str(folder)])
    assert f"resuming after {seen:,} images" in capsys.readouterr().out
    main([*options, "60", "--out", str(tmp_path / "whole")])
    killed, whole = (load(tmp_path / name / "final.safetensors") for name in ("killed", "whole"))
    assert killed.info["images_seen"] == whole.info["images_seen"] == 640
    for key, value in whole.network.state_dict().items():
        assert_close(killed.network.state_dict()[key], value, rtol=1e-3, atol=1e-5)


def test_ctrl_c_says_how_to_go_on_and_leaves_the_last_save_alone(tmp_path, capsys, monkeypatch):
    def interrupted(trainer, folder, **kwargs):
        advance(trainer, 3)
        trainer.save(folder / "last.safetensors")
        advance(trainer, 1)
        raise KeyboardInterrupt

    monkeypatch.setattr("core.train.__main__.train", interrupted)
    with pytest.raises(SystemExit) as exit_info:
        main([*SMALL, "--out", str(tmp_path / "run")])
    assert exit_info.value.code == 130
    assert "run the same command" in capsys.readouterr().err
    with safe_open(tmp_path / "run" / "last.safetensors", framework="pt") as file:
        assert file.metadata()["step"] == "3" and json.loads(file.metadata()["run"])["batch_size"] == 8


@pytest.mark.parametrize(
    "options",
    [
        "--images 0",
        "--images many",
        "--batch-size 0",
        "--learning-rate 0",
        "--learning-rate nan",
        "--seed -1",
        "--per-class 0",
        "--channels 8,12",
        "--channels 8",
        "--channels a,b",
        "--blocks 1",
        "--snapshots x",
        "--prediction-type score",
        "--data missing.npz",
        "--data missing.npy",
        "--size 32",
        "--tile 8",
        "--device nonsense",
        "--device cuda:99",
        "--save-seconds soon",
    ],
)
def test_wrong_input_ends_with_status_2_and_one_line(tmp_path, refused, options):
    message = refused(main, [*SMALL, "--out", tmp_path / "run", *options.split()])
    assert message.startswith("python -m core.train: ")
    assert not (tmp_path / "run").exists()


def test_training_on_a_folder_says_what_it_made_of_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("core.train.__main__.train", lambda *args, **kwargs: "final")
    for i, name in enumerate(("cat", "cat", "dog")):
        (tmp_path / "data" / name).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (32, 32), (i, 0, 0)).save(tmp_path / "data" / name / f"{i}.png")
    main([*SMALL, "--data", str(tmp_path / "data"), "--out", str(tmp_path / "run")])
    out = capsys.readouterr().out
    assert "pictures of 32 x 32 pixels, and a network for these" in out
    assert "3 sprites of 2 classes: cat (2), dog (1)" in out
    main([*SMALL, "--data", str(tmp_path / "data"), "--size", "16", "--out", str(tmp_path / "other")])
    assert "3 of 3 pictures resized to 16 x 16" in capsys.readouterr().out


def test_a_network_for_pictures_of_another_size_is_trained_resumed_and_drawn_from(tmp_path, capsys):
    """Grey pictures of 24 x 24 without labels: a network of that shape, whose sheet has a row of eight."""
    rng = np.random.default_rng(0)
    np.save(tmp_path / "d.npy", rng.integers(0, 256, (6, 24, 24), dtype=np.uint8))
    arguments = [*SMALL, "--data", str(tmp_path / "d.npy"), "--sketch", "8", "--out", str(tmp_path / "run")]
    main([*arguments, "--snapshots", "", "--images", "16"])
    main([*arguments, "--snapshots", "", "--images", "32"])
    out = capsys.readouterr().out
    assert "grey taken as RGB" in out and "pictures of 24 x 24 pixels" in out and "resuming after 16 images" in out
    model = load(tmp_path / "run" / "final.safetensors")
    assert model.shape == (3, 24, 24) and model.class_names == ("d",) and model.info["images_seen"] == 32
    assert Image.open(tmp_path / "run" / "final.png").size == (4 * (8 * 25 + 1), 4 * 26)


def test_classes_are_named_on_the_command_line(tmp_path, capsys, monkeypatch, tiny_data, refused):
    monkeypatch.setattr("core.train.__main__.train", lambda *args, **kwargs: "final")
    np.save(tmp_path / "i.npy", tiny_data.images)
    np.save(tmp_path / "l.npy", tiny_data.labels)
    options = [*SMALL, "--labels", str(tmp_path / "l.npy"), "--out", str(tmp_path / "run")]
    main([*options, "--data", str(tmp_path / "i.npy"), "--classes", "a, b,c,d,é"])
    assert "5 classes: a (4), b (4), c (4), d (4), é (4)" in capsys.readouterr().out
    assert "--data" in refused(main, [*options, "--classes", "a,b"])


def test_resuming_with_other_settings_ends_with_one_line(tmp_path, refused, tiny_data):
    folder = tmp_path / "run"
    trainer = Trainer(tiny_data, TINY, CONFIG)
    trainer.save(folder / "last.safetensors")
    assert "choose another folder" in refused(main, [*SMALL, "--out", folder])


def test_a_folder_that_cannot_be_written_ends_with_one_line(tmp_path, refused):
    (tmp_path / "file").write_text("not a folder")
    refused(main, [*SMALL, "--images", "8", "--out", tmp_path / "file"])


def test_randomised_networks_depend_on_their_input():
    """What the other tests rest on: the shared tiny network is not constant."""
    network = randomised(UNet(TINY))
    out = network(torch.randn(2, 3, 16, 16), torch.zeros(2), torch.zeros(2, 5))
    assert (out[0] - out[1]).abs().max() > 0.1


def test_the_seed_decides_batch_noise_and_order(tiny_data):
    """torch ignores all but 32 bits of a seed: two runs must differ all the same."""
    batches = [
        Trainer(tiny_data, TINY, TrainConfig(images=64, batch_size=8, seed=seed))._batch() for seed in (0, 1, 2**31)
    ]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not torch.equal(batches[one].eps, batches[other].eps)
        assert not torch.equal(batches[one].x0, batches[other].x0)
