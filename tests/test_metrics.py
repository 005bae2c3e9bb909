"""core.metrics: measured on sprites for which the answer is known."""

import pytest
import torch

from core.data import built_in, to_x0
from core.metrics import background, deviation, nearest, predict, speckled, train_classifier
from core.sprites import draw


@pytest.fixture(scope="module")
def real():
    return built_in(60, seed=2)


def test_background_of_real_sprites_is_white(real):
    """The flood fill stops at outlines, also where they touch only at corners."""
    x0 = real.x0()
    off = deviation(x0)[background(x0)]
    assert len(off) > 20_000 and off.quantile(0.99) == 0


def test_background_is_what_is_joined_to_the_border():
    x0 = torch.ones(1, 3, 16, 16)
    x0[..., 4:12, 4:12] = -1  # a black square …
    x0[..., 6:10, 6:10] = 1  # … with white inside, closed off
    x0[..., 4, 4] = x0[..., 5, 4] = 1  # a notch from outside
    expected = torch.ones(16, 16, dtype=torch.bool)
    expected[4:12, 4:12] = False
    expected[4, 4] = expected[5, 4] = True
    assert torch.equal(background(x0)[0], expected)


def test_deviation_is_that_of_the_worst_colour():
    x0 = torch.ones(1, 3, 16, 16)
    x0[0, 1, 3, 5] = 1 - 2 * 10 / 255
    assert deviation(x0)[0, 3, 5].item() == pytest.approx(10, abs=1e-4)
    assert deviation(x0).count_nonzero() == 1


def test_a_speck_is_a_lonely_pixel():
    x0 = torch.ones(3, 3, 16, 16)
    x0[1, :, 8, 8] = 0  # lonely
    x0[2, :, 8, 8] = x0[2, :, 9, 9] = 0  # two that touch
    assert speckled(x0).tolist() == [False, True, False]


def test_nearest_finds_the_sprite_and_its_distance(real):
    x0 = real.x0()
    moved = x0[[7, 100]].clone()
    moved[1] -= 2 * 3 / 255  # every value 3/255 darker
    distance, index = nearest(moved, x0)
    assert index.tolist() == [7, 100]
    torch.testing.assert_close(distance, torch.tensor([0.0, 3.0]), atol=0.05, rtol=0)


def test_classifier_learns_the_classes(real):
    """Thirty pictures of each of five very different sprites: it must tell them apart in noise."""
    images = [draw(name, 3).pixels for name in real.class_names]
    data = type(real)(real.images.copy(), real.labels, real.class_names, "five sprites")
    for k, image in enumerate(images):
        data.images[data.labels == k] = image
    classifier = train_classifier(data, epochs=25, batch_size=50)
    noisy = to_x0(data.images) + 0.1 * torch.randn(300, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    assert (predict(classifier, noisy) == torch.from_numpy(data.labels)).float().mean() > 0.95
