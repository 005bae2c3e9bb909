"""The command line of generate: python -m core.generate --help."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ..cli import Option, Parser, add_fields, writable
from ..conditions import MIXINGS, parse_weights
from ..models import NETWORKS, Models
from ..render import enlarge, grid, save_gif, save_png, to_uint8
from ..samplers import SAMPLERS, VARIANCES
from ..schedule import SCHEDULES, SPACINGS
from . import GenerateConfig, generate, out_of_range, too_large

GIF_FRAMES = 60  # at least, if there are as many steps; fewer than twice as many


def interval(text: str) -> tuple[float, ...]:
    """ "0.3,5" -> (0.3, 5.0). Raises ValueError."""
    return tuple(float(part) for part in text.split(","))


OPTIONS: dict[str, Option] = {  # the fields of GenerateConfig: shorter names of the option, its type, what it means
    "weights": ((), parse_weights, 'class weights, such as "hero=0.6,food=0.4"; empty: unconditional'),
    "count": ((), int, "how many sprites (default: 16)"),
    "seed": ((), int, "sprite i is drawn from seed + i"),
    "network": ((), tuple(NETWORKS), "who predicts; distilled is for few steps"),
    "sampler": ((), tuple(SAMPLERS), "sampling algorithm"),
    "num_inference_steps": (("--steps",), int, "denoising steps (default: T for ddpm, 4 for distilled, else 25)"),
    "eta": ((), float, "DDIM: 0 no noise ... 1 as much as DDPM"),
    "variance": ((), VARIANCES, "DDPM: variance of the noise of a step"),
    "noise_scale": ((), float, "DDPM: 1 correct ... 0 no noise"),
    "guidance_scale": (("--guidance",), float, "0 ignore the class, 1 off, >1 more"),
    "guidance_interval": ((), interval, "LOW,HIGH: guide only at noise levels sigma above LOW, up to HIGH"),
    "mixing": ((), MIXINGS, "what is mixed: embeddings or predictions"),
    "schedule": ((), SCHEDULES, "noise schedule"),
    "zero_terminal_snr": ((), bool, "rescale the schedule to alpha_bar_T = 0"),
    "num_train_timesteps": (("--timesteps",), int, "T, length of the schedule"),
    "spacing": ((), SPACINGS, "which timesteps are visited (default: trailing; mirrored for distilled)"),
}


def main(argv: Sequence[str] | None = None) -> None:
    """Draw sprites, write them, say what it took; wrong input ends with status 2 and one sentence."""
    parser = Parser(prog="python -m core.generate", description="Draw sprites with the trained network.")
    add_fields(parser, GenerateConfig, OPTIONS)
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
        if args.gif and Path(args.gif).resolve() == Path(args.out).resolve():
            raise ValueError(f"--out and --gif must be two files; got {args.out} for both")
        given = {name: value for name in OPTIONS if (value := getattr(args, name)) is not None}
        if given.get("sampler") == "ddpm":
            given.setdefault("num_inference_steps", given.get("num_train_timesteps", 500))
        config = GenerateConfig(**given)
        run = generate(Models(args.checkpoint), config)
        start = time.perf_counter()
        frames, every = [], max(1, (len(config.timesteps()) - 1) // GIF_FRAMES)
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
