"""python -m core.sprites --sheet FILE.png: draw the data set, print its counts, write a contact sheet."""

from __future__ import annotations

import numpy as np

from ..cli import Parser, writable
from ..render import grid, save_png
from . import CLASS_NAMES, draw_set


def main() -> None:
    parser = Parser(prog="python -m core.sprites", description="Draw the built-in sprites and look at them.")
    parser.add_argument("--sheet", type=writable, metavar="FILE.png", help="where to write the contact sheet")
    parser.add_argument("--per-class", type=int, default=5000, help="sprites to draw of each class")
    parser.add_argument("--rows", type=int, default=4, help="rows of the sheet for each class")
    parser.add_argument("--seed", type=int, default=0, help="which set to draw")
    args = parser.parse_args()
    columns = 24
    if not (args.rows >= 1 and args.rows * columns <= args.per_class <= 1_000_000 and args.seed >= 0):
        parser.error(
            f"--per-class must be at least {columns} x --rows and at most 1000000, --rows positive, --seed not negative"
        )

    images, labels, captions = draw_set(args.per_class, args.seed)
    print(f"{'class':12} {'drawn':>7} {'distinct':>9} {'silhouettes':>12} {'captions':>9}   example")
    for k, name in enumerate(CLASS_NAMES):
        own = images[labels == k]
        words = [c for c, label in zip(captions, labels, strict=True) if label == k]
        shapes = (own != 255).any(-1)
        print(f"{name:12} {len(own):7} {distinct(own):9} {distinct(shapes):12} {len(set(words)):9}   {words[0]}")
    print(f"{'all':12} {len(images):7} {distinct(images):9}")
    if args.sheet:
        shown = np.concatenate([images[labels == k][: args.rows * columns] for k in range(len(CLASS_NAMES))])
        save_png(grid(shown, columns=columns, scale=4), args.sheet)
        print(f"wrote {args.sheet}")


def distinct(arrays: np.ndarray) -> int:
    """How many different arrays there are along the first axis."""
    return len({a.tobytes() for a in arrays})


if __name__ == "__main__":
    main()
