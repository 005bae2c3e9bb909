"""python -m benchmarks.noise_levels: how well does the network see through each level of noise?

Prints the mean squared error of x0 on sprites that the network never saw, their class given: of the network, of its
sketch, and of the exact posterior mean if only the training sprites existed. Under heavy noise that posterior is what
there is to learn; under light noise the network must beat it, or it would only know its training sprites.
"""

from __future__ import annotations

import torch

from core import load
from core.cli import Parser
from core.data import built_in
from core.prediction import to_prediction

from . import comparable
from .classifier import TEST_SEED, TRAINING_SEED
from .exact import ExactDenoiser

LOG_SNR = (-8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8)


@torch.inference_mode()
def main() -> None:
    parser = Parser(prog="python -m benchmarks.noise_levels", description=__doc__)
    parser.add_argument("--checkpoint", metavar="FILE", help="which network (default: the shipped one)")
    parser.add_argument("--per-class", type=int, default=200, help="sprites of each class")
    args = parser.parse_args()
    try:
        network = comparable(load(args.checkpoint, "cpu")).network
    except ValueError as error:
        parser.error(str(error))
    nearest, test = ExactDenoiser(built_in(5000, TRAINING_SEED)), built_in(args.per_class, TEST_SEED)
    x0, weights, labels = test.x0(), test.weights(), torch.from_numpy(test.labels)
    generator = torch.Generator().manual_seed(0)
    print("log-SNR  network   sketch  nearest training sprites")
    for level in LOG_SNR:
        alpha_bar = torch.sigmoid(torch.tensor(level, dtype=torch.float64)).item()
        x_t = alpha_bar**0.5 * x0 + (1 - alpha_bar) ** 0.5 * torch.randn(x0.shape, generator=generator)
        log_snr = torch.full((len(x0),), float(level))
        raw = network(x_t, log_snr, weights)
        guesses = {"network": to_prediction(raw, x_t, alpha_bar, network.config.prediction_type).x0}
        guesses["sketch"] = (
            network.sketch(x_t, log_snr, weights) if network.config.sketch else torch.full_like(x0, torch.nan)
        )
        guesses["nearest"] = nearest.x0(x_t, log_snr, labels)
        print(f"{level:7}", *(f"{(guess - x0).square().mean():8.4f}" for guess in guesses.values()))


if __name__ == "__main__":
    main()
