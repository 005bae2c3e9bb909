"""Save and load; every file that is not a whole checkpoint of this project is refused with one sentence."""

import json
import pickle

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tiny import TINY, randomised
from torch.testing import assert_close

from core.checkpoint import SHIPPED, Model, load, read_header, save, write_atomically
from core.networks import UNet, UNetConfig
from core.sprites import CLASS_NAMES
from core.train import TrainConfig, Trainer


def refuses(path):
    """load(path) raises a ValueError of one line that names the file."""
    with pytest.raises(ValueError) as refusal:
        load(path)
    message = str(refusal.value)
    assert "\n" not in message and str(path) in message and not message.endswith(":")
    return message


@pytest.fixture
def path(tmp_path):
    return tmp_path / "c.safetensors"


@pytest.fixture(scope="module")
def parts(tiny_checkpoint):
    """Tensors and metadata of a good checkpoint, to be spoiled."""
    with safe_open(tiny_checkpoint, framework="pt") as file:
        return {key: file.get_tensor(key) for key in file.keys()}, dict(file.metadata())  # noqa: SIM118


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 0), (torch.float16, 1e-3), (torch.bfloat16, 1e-2)])
def test_round_trip(tiny_model, path, dtype, tolerance):
    info = {"images_seen": 12, "note": "ü", "nested": {"a": [1, 2.5, None]}}
    save(path, Model(tiny_model.network, CLASS_NAMES, info), dtype=dtype)
    model = load(path)
    assert model.info == info and model.class_names == CLASS_NAMES and model.network.config == TINY
    theirs, ours = model.network.state_dict(), tiny_model.network.state_dict()
    assert theirs.keys() == ours.keys()
    for key, value in ours.items():
        assert theirs[key].dtype == torch.float32
        assert_close(theirs[key], value, rtol=tolerance, atol=tolerance / 10)


def test_a_loaded_model_is_ready_to_sample(tiny_model, tiny_checkpoint):
    model = load(str(tiny_checkpoint))
    assert not model.network.training and model.device.type == "cpu"
    assert not any(p.requires_grad for p in model.network.parameters())
    x, log_snr, weights = torch.randn(2, 3, 16, 16), torch.zeros(2), torch.eye(5)[:2]
    assert_close(model.network(x, log_snr, weights), tiny_model.network(x, log_snr, weights), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "config", [UNetConfig(1, (8, 16), (2, 1), 8, 2, 0, "eps"), UNetConfig(7, (8, 8), (1, 1), 8, 1, 8, "x0")]
)
def test_other_shapes_and_predictions_come_back(path, config):
    save(path, Model(randomised(UNet(config)), tuple(f"class {i}" for i in range(config.num_classes))))
    model = load(path)
    assert model.network.config == config and model.info == {}


def test_images_seen_counts_every_run_that_led_to_it(tiny_model):
    info = {"images_seen": 7, "started_from": {"images_seen": 30, "started_from": {"images_seen": 500}}}
    assert Model(tiny_model.network, CLASS_NAMES, info).images_seen == 537
    assert Model(tiny_model.network, CLASS_NAMES).images_seen == 0
    foreign = {"images_seen": "<b>", "started_from": {"images_seen": 5, "started_from": "nonsense"}}
    assert Model(tiny_model.network, CLASS_NAMES, foreign).images_seen == 5


def test_the_header_alone_says_what_the_model_says(tiny_checkpoint, tmp_path):
    header, model = read_header(tiny_checkpoint), load(tiny_checkpoint)
    assert (header.config, header.class_names, header.info) == (model.network.config, model.class_names, model.info)
    with pytest.raises(ValueError, match="train one"):
        read_header(tmp_path / "missing.safetensors")


def test_the_shipped_checkpoint_loads():
    assert SHIPPED.name == "sprites.safetensors"
    model = load()
    assert model.class_names == CLASS_NAMES
    assert all(p.isfinite().all() for p in model.network.parameters())


def test_writing_replaces_the_old_file_and_leaves_no_draft(tiny_model, path):
    path = path.parent / "new folder" / path.name
    save(path, tiny_model)
    save(path, Model(tiny_model.network, CLASS_NAMES, {"images_seen": 99}))
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert load(path).info == {"images_seen": 99}


def test_a_failed_write_leaves_the_old_file(tiny_model, path):
    save(path, tiny_model)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        save(path, Model(tiny_model.network, CLASS_NAMES, {"not": {"JSON"}}))
    with pytest.raises(Exception, match=r"(?i)metadata|str"):
        write_atomically(path, {"a": torch.zeros(1)}, {"not": 1})
    assert path.read_bytes() == before


def test_missing_files_are_refused(tmp_path):
    assert "train one" in refuses(tmp_path / "missing.safetensors")
    refuses(tmp_path)  # a folder


@pytest.mark.parametrize("keep", [0, 1, 7, 8, 9, 100, 1000, 0.3, 0.9, -1])
def test_truncated_files_are_refused(tiny_checkpoint, path, keep):
    whole = tiny_checkpoint.read_bytes()
    path.write_bytes(whole[: int(keep * len(whole)) if isinstance(keep, float) else keep])
    refuses(path)


def test_files_with_a_surplus_are_refused(tiny_checkpoint, path):
    path.write_bytes(tiny_checkpoint.read_bytes() + b"\x00")
    refuses(path)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("start", [b"", b"\x40\x00\x00\x00\x00\x00\x00\x00", b"\x40\x00\x00\x00\x00\x00\x00\x00{"])
def test_random_bytes_are_refused(path, seed, start):
    path.write_bytes(
        start + torch.randint(256, (500,), generator=torch.Generator().manual_seed(seed)).byte().numpy().tobytes()
    )
    refuses(path)


def test_a_pickle_is_never_opened(path, tmp_path):
    """A pickle (plain, or inside torch.save's zip) that would write a file when opened: refused, and not run."""
    proof = tmp_path / "proof"

    class Trap:
        def __reduce__(self):
            return (open, (str(proof), "w"))

    path.write_bytes(pickle.dumps(Trap()))
    refuses(path)
    torch.save(Trap(), path)
    refuses(path)
    assert not proof.exists()


def test_foreign_safetensors_are_refused(path):
    save_file({"a": torch.zeros(3)}, path)
    assert "not a checkpoint of this project" in refuses(path)
    save_file({"a": torch.zeros(3)}, path, {"format": "pt"})
    assert "not a checkpoint of this project" in refuses(path)


@pytest.mark.parametrize("key", ["config", "class_names", "info"])
@pytest.mark.parametrize("text", [None, "", "{", "nonsense", "5", "null", '["a", 1]', "[" * 100_000])
def test_malformed_metadata_is_refused(parts, path, key, text):
    tensors, metadata = parts
    metadata = metadata | {key: text}
    if text is None:
        del metadata[key]
    save_file(tensors, path, metadata)
    assert "not a checkpoint of this project" in refuses(path)


@pytest.mark.parametrize(
    "change",
    [
        {"num_classes": 4},
        {"channels": [8, 16, 24]},
        {"channels": [8, 16]},
        {"channels": [8, 13, 16]},
        {"channels": None},
        {"blocks": [1, 1, 2]},
        {"embedding": 32},
        {"heads": 0},
        {"prediction_type": "score"},
        {"surprise": 1},
    ],
    ids=str,
)
def test_a_config_that_does_not_fit_the_tensors_is_refused(parts, path, change):
    tensors, metadata = parts
    save_file(tensors, path, metadata | {"config": json.dumps(json.loads(metadata["config"]) | change)})
    refuses(path)


@pytest.mark.parametrize("form", [None, "pt", "diffusion-pixel-by-pixel-2"])
def test_a_file_of_another_format_is_refused(parts, path, form):
    tensors, metadata = parts
    rest = {key: text for key, text in metadata.items() if key != "format"}
    save_file(tensors, path, rest | ({"format": form} if form else {}))
    assert f"its format is {form!r}" in refuses(path)


def test_what_a_run_resumes_from_is_refused_with_the_file_to_take(tiny_data, path):
    Trainer(tiny_data, TINY, TrainConfig(images=1)).save(path)
    assert "take final.safetensors" in refuses(path)


def test_wrong_class_names_are_refused(parts, path):
    tensors, metadata = parts
    for names in (["a"] * 4, ["a", "b", "c", "d", 5], {}, ["a", "b", "c", "d", "a"], ["a", "b", "c", "d", " "]):
        save_file(tensors, path, metadata | {"class_names": json.dumps(names)})
        refuses(path)


def test_wrong_shapes_and_missing_or_surplus_tensors_are_refused(parts, path):
    tensors, metadata = parts
    key = "stem.weight"
    rest = {k: v for k, v in tensors.items() if k != key}
    for spoiled in (rest, rest | {key: tensors[key][:, :2].contiguous()}, tensors | {"more": torch.zeros(1)}, {}):
        save_file(spoiled, path, metadata)
        refuses(path)
