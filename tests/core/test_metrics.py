"""core.metrics: measured on sprites for which the answer is known."""

from types import SimpleNamespace

import pytest
import torch

from core.data import built_in, to_x0
from core.metrics import (
    SHIPPED_CLASSIFIER,
    background,
    deviation,
    diversity,
    error_by_level,
    features,
    frechet_distance,
    kernel_distance,
    load_classifier,
    memorised_share,
    nearest,
    predict,
    save_classifier,
    speckled,
    train_classifier,
)
from core.sprites import draw


def test_a_classifier_is_a_function_of_its_seed_and_leaves_the_generator_of_the_process_alone():
    drawn, heads = [], []
    for process, seed in ((1, 0), (2, 0), (3, 1)):
        torch.manual_seed(process)
        heads.append(train_classifier(built_in(26), epochs=1, seed=seed).head.weight)
        drawn.append(torch.rand(3))
    assert torch.equal(heads[0], heads[1]) and not torch.equal(heads[0], heads[2])
    assert not torch.equal(drawn[0], drawn[1])


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


def gaussian(n, mean, scale, seed):
    """(n, 3) samples, each column of that mean and standard deviation."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(n, 3, dtype=torch.float64, generator=generator)
    return torch.tensor(mean) + torch.tensor(scale, dtype=torch.float64) * noise


def test_frechet_distance_of_gaussians():
    """Diagonal covariances: |mu_a - mu_b|^2 + sum (s_a - s_b)^2, here 9 + 4 + 1 + 0.25 + 0."""
    a = gaussian(200_000, [0.0, 1.0, 2.0], [1.0, 2.0, 0.5], 0)
    b = gaussian(200_000, [3.0, 1.0, 0.0], [2.0, 1.5, 0.5], 1)
    assert frechet_distance(a, b) == pytest.approx(9 + 4 + 1 + 0.25, rel=0.01)


def test_frechet_distance_of_correlated_gaussians_matches_the_matrix_square_root():
    """Covariances that do not commute, against the textbook formula with eigenvalues of the product itself."""
    mix = torch.tensor([[1.0, 0.7, 0.0], [0.0, 1.0, -0.4], [0.2, 0.0, 0.5]], dtype=torch.float64)
    a, b = (
        gaussian(5000, [0.0, 0.0, 0.0], [1.0, 2.0, 3.0], 0) @ mix,
        gaussian(5000, [1.0, 0.0, 0.0], [1.0, 1.0, 1.0], 1),
    )
    roots = torch.linalg.eigvals(torch.cov(a.T) @ torch.cov(b.T)).real.sqrt().sum()
    expected = (a.mean(0) - b.mean(0)).square().sum() + torch.cov(a.T).trace() + torch.cov(b.T).trace() - 2 * roots
    assert frechet_distance(a, b) == pytest.approx(expected.item(), rel=1e-9)
    assert frechet_distance(b, a) == pytest.approx(expected.item(), rel=1e-9)


def test_a_set_is_at_no_frechet_distance_from_itself():
    a = gaussian(100, [0.0, 1.0, 2.0], [1.0, 0.0, 1.0], 0)  # a constant column: the covariance is singular
    assert frechet_distance(a, a) < 1e-6


def test_kernel_distance_by_hand_and_unbiased():
    """The double sum without the diagonals; over many pairs of sets of one law its mean is 0."""
    a, b = gaussian(5, [0.0, 0.5, 1.0], [1.0, 1.0, 1.0], 0), gaussian(4, [1.0, 0.0, 0.0], [1.0, 2.0, 1.0], 1)

    def k(x, y):
        return ((x * y).sum().item() / 3 + 1) ** 3

    expected = sum(k(a[i], a[j]) for i in range(5) for j in range(5) if i != j) / 20
    expected += sum(k(b[i], b[j]) for i in range(4) for j in range(4) if i != j) / 12
    expected -= 2 * sum(k(x, y) for x in a for y in b) / 20
    assert kernel_distance(a, b) == pytest.approx(expected)
    draws = torch.tensor([kernel_distance(*gaussian(20, [0.0] * 3, [1.0] * 3, seed).split(10)) for seed in range(400)])
    assert abs(draws.mean().item()) < 5 * draws.std().item() / 20 and draws.min() < 0


def test_diversity_is_the_mean_distance_of_pairs():
    assert diversity(torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]])) == pytest.approx(10 / 3)


def test_too_few_samples_are_refused():
    one, two = torch.zeros(1, 3), torch.zeros(2, 3)
    for distance in (frechet_distance, kernel_distance):
        for pair in ((one, two), (two, one)):
            with pytest.raises(ValueError, match="at least two"):
                distance(*pair)
    with pytest.raises(ValueError, match="at least two"):
        diversity(one)


def test_memorised_share_counts_copies(real):
    x0 = real.x0()
    others = x0[:4].clone()
    others[0] -= 2 * 3 / 255  # nearly identical
    others[1] -= 2 * 6 / 255  # no longer
    others[2] = -1
    assert memorised_share(others, x0) == 0.5


def test_the_shipped_classifier_knows_its_classes(real):
    """On sprites that neither it nor the network has seen; and its file is small."""
    classifier, class_names, info = load_classifier()
    assert class_names == real.class_names and SHIPPED_CLASSIFIER.stat().st_size < 1_000_000
    assert (predict(classifier, real.x0()) == torch.from_numpy(real.labels)).float().mean() > 0.98
    assert info["test_accuracy"] > 0.98 and features(classifier, real.x0()).shape == (300, 64)


def test_real_sprites_are_nearer_to_real_sprites_than_anything_else(real):
    """The order that any such distance must have: real, noisy, and far off a single class and noise alone."""
    classifier = load_classifier()[0]
    x0, other = real.x0(), built_in(60, seed=3).x0()
    noise = torch.randn(x0.shape, generator=torch.Generator().manual_seed(0))
    sets = (other, (other + 0.3 * noise).clamp(-1, 1), other[:60].repeat(5, 1, 1, 1), noise)
    for distance in (frechet_distance, kernel_distance):
        same, noisy, one_class, nothing = (distance(features(classifier, x0), features(classifier, s)) for s in sets)
        assert 2 * abs(same) < noisy < min(one_class, nothing)


def test_a_file_that_is_no_classifier_is_refused(tmp_path, real):
    for name, content in {"missing": None, "empty": b"", "text": b"hello"}.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ValueError, match="classifier"):
            load_classifier(path)
    classifier, names, info = load_classifier()
    save_classifier(tmp_path / "wrong", classifier, names[:3], info)
    with pytest.raises(ValueError, match="not a classifier of this project"):
        load_classifier(tmp_path / "wrong")


def test_the_error_of_a_network_that_knows_nothing_is_the_variance_and_of_one_that_copies_the_noise():
    """v = 0 means x0 = sqrt(alpha_bar) x_t: off by (1 - alpha_bar) x0 and by alpha_bar (1 - alpha_bar) of noise."""
    data = built_in(4)
    x0, variance = data.x0(), data.x0().square().mean().item()

    def model(kind):
        def network(x_t, log_snr, weights):
            return torch.zeros_like(x_t)

        network.config = SimpleNamespace(prediction_type=kind)
        return SimpleNamespace(network=network)

    assert error_by_level(model("x0"), x0, data.weights(), [-4, 0, 4]) == pytest.approx([variance] * 3)
    for level, found in zip((-4.0, 0.0, 4.0), error_by_level(model("v"), x0, data.weights(), [-4, 0, 4]), strict=True):
        signal = torch.tensor(level).sigmoid().item()
        assert found == pytest.approx((1 - signal) ** 2 * variance + signal * (1 - signal), rel=0.1)
    clipped = error_by_level(model("v"), x0, data.weights(), [2], clip_x0=True)
    assert clipped < error_by_level(model("v"), x0, data.weights(), [2])
