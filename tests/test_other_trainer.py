"""The benchmark beside another package's trainer: the same data and batch, nearly as many weights, in turns."""

from types import ModuleType, SimpleNamespace

import pytest
import torch

from benchmarks import other_trainer


def test_it_is_left_out_with_a_sentence_where_the_package_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(other_trainer, "find_spec", lambda name: None)
    other_trainer.beside_lucidrains(figures := {})
    assert figures == {} and "pip install denoising-diffusion-pytorch" in capsys.readouterr().out


def test_both_see_the_same_sprites_and_the_figures_are_a_ratio(monkeypatch):
    """The other one's steps take no time here: it is made of the calls that the benchmark makes."""
    made = []

    class TheirTrainer:
        step = 0

        def __init__(self, diffusion, folder, **settings):
            files = sorted(folder.glob("*.png"))
            made.append(SimpleNamespace(files=len(files), settings=settings, size=diffusion.image_size, trainer=self))

        def train(self):
            self.step = self.train_num_steps

        train_num_steps = 0

    package = ModuleType(other_trainer.PACKAGE)
    package.Trainer = TheirTrainer
    package.GaussianDiffusion = lambda unet, image_size: SimpleNamespace(image_size=image_size)
    package.Unet = lambda dim, dim_mults: torch.nn.Linear(dim * dim, 2500)  # from 640,000 weights on
    monkeypatch.setattr(other_trainer, "find_spec", lambda name: True)
    monkeypatch.setattr(other_trainer, "import_module", lambda name: package)
    monkeypatch.setattr(other_trainer, "built_in", lambda count, whole=other_trainer.built_in: whole(4))
    for name, value in (("BATCH", 2), ("STEPS", 1), ("TURNS", 2)):
        monkeypatch.setattr(other_trainer, name, value)
    other_trainer.beside_lucidrains(figures := {})
    assert [(one.files, one.size, one.settings["train_batch_size"]) for one in made] == [(20, 16, 2)] * 2
    assert all(one.trainer.step == 3 for one in made)
    for name in ("", "_unet"):
        ratio = figures[f"images_per_s{name}"] / figures[f"lucidrains_images_per_s{name}"]
        assert figures[f"vs_lucidrains{name}"] == pytest.approx(ratio)
        assert abs(figures[f"lucidrains_parameters{name}"] / figures[f"parameters{name}"] - 1) <= 0.1
    assert figures["parameters"] > figures["parameters_unet"]
