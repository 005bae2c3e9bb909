"""The command line of generate: python -m core.generate --help."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from ..checkpoint import load
from ..cli import Parser, writable
from ..guidance import EVERYWHERE, MIXINGS
from ..render import enlarge, grid, save_gif, save_png, to_uint8
from ..samplers import VARIANCES
from ..schedule import SCHEDULES, SPACINGS
from . import SAMPLERS, GenerateConfig, generate, out_of_range, too_large

GIF_FRAMES = 60  # at least, if there are as many steps; fewer than twice as many


def parse_weights(text: str) -> dict[str, float]:
    """ "hero=0.6,food=0.4" -> {"hero": 0.6, "food": 0.4}; a name alone weighs 1. Raises ValueError."""
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        try:
            value = float(number) if equals else 1.0
        except ValueError:
            raise ValueError(f"the weight of {name} must be a number; got {number!r}") from None
        if name in weights:
            raise ValueError(f"the class {name} is named twice")
        weights[name] = value
    return weights


def parse_interval(text: str | None) -> tuple[float, ...]:
    """ "0.3,5" -> (0.3, 5.0); None -> everywhere. Raises ValueError."""
    try:
        return EVERYWHERE if text is None else tuple(float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"--guidance-interval must be two numbers, low,high; got {text!r}") from None


def main(argv: Sequence[str] | None = None) -> None:
    """Draw sprites, write them, say what it took; wrong input ends with status 2 and one sentence."""
    default = GenerateConfig()
    parser = Parser(prog="python -m core.generate", description="Draw sprites with the trained network.")
    parser.add_argument(
        "--weights", default="", help='class weights, such as "hero=0.6,food=0.4"; empty: unconditional'
    )
    parser.add_argument("--count", type=int, default=default.count, help="how many sprites")
    parser.add_argument("--seed", type=int, default=default.seed, help="sprite i is drawn from seed + i")
    parser.add_argument("--sampler", choices=SAMPLERS, default=default.sampler, help="sampling algorithm")
    parser.add_argument("--steps", type=int, help="denoising steps (default: T for ddpm, 4 for distilled, else 25)")
    parser.add_argument("--eta", type=float, default=default.eta, help="DDIM: 0 no noise ... 1 as much as DDPM")
    parser.add_argument(
        "--variance", choices=VARIANCES, default=default.variance, help="DDPM: variance of the noise of a step"
    )
    parser.add_argument("--noise-scale", type=float, default=default.noise_scale, help="DDPM: 1 correct ... 0 no noise")
    parser.add_argument(
        "--guidance", type=float, default=default.guidance_scale, help="0 ignore the class, 1 off, >1 more"
    )
    parser.add_argument(
        "--guidance-interval",
        metavar="LOW,HIGH",
        help="guide only at noise levels sigma above LOW, up to HIGH (default: everywhere)",
    )
    parser.add_argument(
        "--mixing", choices=MIXINGS, default=default.mixing, help="what is mixed: embeddings or predictions"
    )
    parser.add_argument("--schedule", choices=SCHEDULES, default=default.schedule, help="noise schedule")
    parser.add_argument("--zero-terminal-snr", action="store_true", help="rescale the schedule to alpha_bar_T = 0")
    parser.add_argument("--timesteps", type=int, default=default.num_train_timesteps, help="T, length of the schedule")
    parser.add_argument("--spacing", choices=SPACINGS, default=default.spacing, help="which timesteps are visited")
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint of core.train (default: the shipped one)")
    parser.add_argument("--scale", type=int, default=8, help="size of a sprite's pixel in the written files")
    parser.add_argument(
        "--out", type=writable, metavar="FILE.png", default="sprites.png", help="where to write the sprites"
    )
    parser.add_argument("--gif", type=writable, metavar="FILE.gif", help="also write the run as an animation")
    args = parser.parse_args(argv)
    try:
        if not 1 <= args.scale <= 64:
            raise ValueError(f"--scale must be a whole number from 1 to 64; got {args.scale}")
        usual = {"ddpm": args.timesteps, "distilled": 4}.get(args.sampler, default.num_inference_steps)
        steps = min(usual, args.timesteps) if args.steps is None else args.steps
        config = GenerateConfig(
            weights=parse_weights(args.weights),
            count=args.count,
            seed=args.seed,
            sampler=args.sampler,
            num_inference_steps=steps,
            eta=args.eta,
            variance=args.variance,
            noise_scale=args.noise_scale,
            guidance_scale=args.guidance,
            guidance_interval=parse_interval(args.guidance_interval),
            mixing=args.mixing,
            schedule=args.schedule,
            zero_terminal_snr=args.zero_terminal_snr,
            num_train_timesteps=args.timesteps,
            spacing=args.spacing,
        )
        model = load(args.checkpoint)
        run = generate(model, config)
        start = time.perf_counter()
        frames, step, every = [], None, max(1, (len(config.timesteps()) - 1) // GIF_FRAMES)
        for step in run:
            if args.gif and step.index % every == 0:
                frames.append(grid(to_uint8(step.x_t), scale=1))
        seconds = time.perf_counter() - start
        pictures = grid(to_uint8(step.x_prev), scale=1)
        save_png(enlarge(pictures, args.scale), args.out)
        if args.gif:
            save_gif([*frames, pictures], args.gif, scale=args.scale)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    for warning in filter(None, (out_of_range(config.noise_schedule(), config.timesteps()), too_large(step.x_prev))):
        print(f"warning: {warning}", file=sys.stderr)
    files = " and ".join(filter(None, (args.out, args.gif)))
    print(
        f"{config.sampler}, {step.index + 1} steps, {step.nfe} network evaluations a sprite, {seconds:.2f} s -> {files}"
    )


if __name__ == "__main__":
    main()
