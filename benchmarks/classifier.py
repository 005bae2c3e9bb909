"""python -m benchmarks.classifier: train the classifier that measures the network, and ship it.

It learns from built-in sprites of a seed that the network never saw, and is tested on a third seed.
"""

from __future__ import annotations

import torch

from core.cli import Parser, writable
from core.data import built_in
from core.metrics import SHIPPED_CLASSIFIER, predict, save_classifier, train_classifier

TRAINING_SEED, HELD_OUT_SEED, TEST_SEED = 0, 1, 2  # sprites of the network, of the classifier, and of its test


def main() -> None:
    parser = Parser(prog="python -m benchmarks.classifier", description=__doc__)
    parser.add_argument(
        "--out", type=writable, default=str(SHIPPED_CLASSIFIER), metavar="FILE", help="where to write it"
    )
    parser.add_argument("--per-class", type=int, default=5000, help="sprites of each class to learn from")
    args = parser.parse_args()
    if args.per_class < 100:
        parser.error(f"--per-class must be at least 100; got {args.per_class}")
    data, test = built_in(args.per_class, HELD_OUT_SEED), built_in(1000, TEST_SEED)
    classifier = train_classifier(data)
    right = (predict(classifier, test.x0()) == torch.from_numpy(test.labels)).double().mean().item()
    info = {"data": data.name, "test_data": test.name, "test_accuracy": right}
    save_classifier(args.out, classifier, data.class_names, info)
    print(f"accuracy on {len(test.images):,} unseen sprites: {right:.2%}; wrote {args.out}")


if __name__ == "__main__":
    main()
