"""The denoising lesson's settings and its run, as the tests ask for them."""

from tabs.denoising import lesson as denoising


def denoising_settings(
    weights="hero", sampler="ddim", num_inference_steps=50, guidance_scale=1.0, seed=0, network="sprites", **more
):
    """Values of its FIELDS, by name."""
    given = {
        "weights": weights,
        "network": network,
        "sampler": sampler,
        "num_inference_steps": num_inference_steps,
        "guidance_scale": guidance_scale,
        "seed": seed,
    }
    return {"eta": 0.0, "noise_scale": 1.0, "schedule": "cosine"} | given | more


def run_denoising(*args, **kwargs):
    """The run that its Generate button starts."""
    settings = denoising_settings(*args, **kwargs)
    return denoising.run(*(settings[name] for name in denoising.FIELDS))
