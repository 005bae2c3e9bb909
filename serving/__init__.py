"""What stands between people and core: a queue and turns at the network, limits, refusals, uploads, the environment."""
