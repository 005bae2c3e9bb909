"""What to tell a person about a run that asks for more than the network has learned, or that left the colours."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from ..networks import LOG_SNR_RANGE
from ..schedule import NoiseSchedule

MAX_START_ALPHA_BAR = 0.01  # see out_of_range
TOO_LARGE = (  # see too_large
    "{share}% of the values lie outside [-1, 1], the largest at {most}: the picture cuts them off. With few steps PLMS "
    "overshoots so, for its last step, too, is drawn on from earlier ones: take more steps, or another sampler."
)


def out_of_range(schedule: NoiseSchedule, timesteps: Sequence[int]) -> str | None:
    """What to tell a person whose run asks for what the network has not learned; None if there is nothing to say.

    Start: a run starts from N(0, I), but x_t there should still hold sqrt(ab) x0, ab = alpha_bar. For data N(mu, s^2)
    the exact probability flow then ends with the mean (1 - c) mu, c = s sqrt(ab / (ab s^2 + 1 - ab)); in [-1, 1], where
    s <= 1, c is at most sqrt(ab). At MAX_START_ALPHA_BAR sprites are drawn towards grey by a tenth at the very most.
    Range: beyond LOG_SNR_RANGE the network is told the nearest value. At the noisy end that is as good as true, for the
    signal's amplitude in x_t is under 1.3e-4 of the noise's: only the clean end is reported.
    """
    alpha_bar = schedule.alpha_bar_at(timesteps[0])
    highest = LOG_SNR_RANGE[1]
    beyond = [t for t in timesteps[:-1] if schedule.log_snr[t] > highest]
    sentences = []
    if alpha_bar > MAX_START_ALPHA_BAR:
        sentences.append(
            f"The run starts from pure noise at t = {timesteps[0]}, where {alpha_bar:.2g} of the variance should be "
            f"signal (at most {MAX_START_ALPHA_BAR:g} goes unnoticed): the sprites will be too grey; "
            + (
                "take another schedule, such as cosine."
                if timesteps[0] == schedule.num_train_timesteps
                else f"take a spacing that starts at T = {schedule.num_train_timesteps}."
            )
        )
    if beyond:
        where = f"t = {beyond[0]}" if len(beyond) == 1 else f"t = {beyond[0]} ... {beyond[-1]}"
        sentences.append(
            f"At {where} the sprite is cleaner than any in training (log-SNR above {highest:g}): "
            f"the network is told {highest:g}."
        )
    return " ".join(sentences) or None


def too_large(x0: Tensor) -> str | None:
    """What to tell a person about finished sprites with values that no colour has; None if there is nothing to say.

    One value in a hundred may lie outside [-1, 1], and all of them by 0.05, six steps of 255: nobody sees that.
    """
    share = (x0.abs() > 1.05).double().mean().item()
    if share <= 0.01:
        return None
    return TOO_LARGE.format(share=f"{100 * share:.0f}", most=f"{x0.abs().max().item():.1f}")
