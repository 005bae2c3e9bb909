"""Any data set and any picture as tensors, or one sentence why not."""

import io
import random
import shutil
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.testing import assert_close

from core.data import SpriteData, built_in, load_data, to_x0
from core.pictures import IMAGE_FORMATS, load_image
from core.sprites import CLASS_NAMES, draw, draw_set
from core.uploads import pictures_in

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 16, 16, 3), dtype=np.uint8)
LABELS = np.array([0, 4, 1, 1, 3, 2])
BAD_NAMES = ("a", "", " e", "e, f", "e=1", "e\n", "e" * 61)
RED, WHITE = (255, 0, 0), (255, 255, 255)


def refuses(function, *args):
    """The call raises a ValueError of one line, which is returned."""
    with pytest.raises(ValueError) as refusal:
        function(*args)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


# Data sets


def test_x0_runs_from_minus_one_to_one():
    x0 = to_x0(IMAGES)
    assert x0.shape == (6, 3, 16, 16) and x0.dtype == torch.float32
    assert_close(x0[2, 1, 5, 7].item(), IMAGES[2, 5, 7, 1] / 255 * 2 - 1, rtol=0, atol=1e-6)
    extremes = to_x0(np.array([0, 255], np.uint8).reshape(1, 1, 2, 1).repeat(3, axis=3))
    assert extremes[0, 0, 0].tolist() == [-1, 1]


def test_weights_are_one_hot_rows():
    weights = SpriteData(IMAGES, LABELS, CLASS_NAMES, "x").weights()
    assert weights.shape == (6, 5) and weights.argmax(1).tolist() == LABELS.tolist()
    assert weights.sum(1).tolist() == [1] * 6 and weights.amax(1).tolist() == [1] * 6


def test_built_in_sets_of_two_seeds_share_no_seed():
    train, held_out = built_in(3), built_in(3, seed=1)
    images, labels, _ = draw_set(3)
    np.testing.assert_array_equal(train.images, images)
    np.testing.assert_array_equal(train.labels, labels)
    assert train.class_names == CLASS_NAMES and "3 a class, seed 0" in train.name
    assert not (train.images == held_out.images).all()


@pytest.mark.parametrize("labels", [LABELS, np.eye(5)[LABELS], np.eye(5, dtype=bool)[LABELS], LABELS.astype(np.uint8)])
def test_npy_pair_with_indices_or_one_hot_rows(tmp_path, labels):
    np.save(tmp_path / "i.npy", IMAGES)
    np.save(tmp_path / "l.npy", labels)
    data = load_data(tmp_path / "i.npy", tmp_path / "l.npy")
    np.testing.assert_array_equal(data.images, IMAGES)
    np.testing.assert_array_equal(data.labels, LABELS)
    assert data.labels.dtype == np.int64 and data.class_names == CLASS_NAMES and data.name == "i.npy"


@pytest.mark.parametrize(
    ("extra", "names"),
    [({}, CLASS_NAMES), ({"class_names": np.array(list("abcde"))}, tuple("abcde"))],
    ids=["without names", "with names"],
)
def test_npz(tmp_path, extra, names):
    np.savez_compressed(tmp_path / "d.npz", images=IMAGES, labels=LABELS, **extra)
    data = load_data(str(tmp_path / "d.npz"))
    np.testing.assert_array_equal(data.images, IMAGES)
    assert data.class_names == names


def test_other_numbers_of_classes_get_plain_names(tmp_path):
    np.savez(tmp_path / "d.npz", images=IMAGES, labels=np.eye(7)[LABELS])
    assert load_data(tmp_path / "d.npz").class_names == tuple(f"class {i}" for i in range(7))


@pytest.mark.parametrize(
    ("images", "labels"),
    [("x", "y"), ("X", "Y"), ("data", "targets"), ("sprites", "labels"), ("X_train", "y_train"), ("arr_0", "arr_1")],
)
def test_arrays_under_usual_names(tmp_path, images, labels):
    np.savez(tmp_path / "d.npz", **{images: IMAGES, labels: LABELS, "x_test": IMAGES[:2]})
    data = load_data(tmp_path / "d.npz")
    np.testing.assert_array_equal(data.images, IMAGES)
    assert data.labels.tolist() == LABELS.tolist()
    assert f"read: {images}, {labels}; left out: x_test" in data.notes


def test_arrays_of_which_two_may_be_the_images_are_refused(tmp_path):
    np.savez(tmp_path / "d.npz", images=IMAGES, x=IMAGES, y=LABELS)
    assert "images and x may both be the images" in refuses(load_data, tmp_path / "d.npz")
    np.savez(tmp_path / "d.npz", a=IMAGES, b=IMAGES)
    assert "holds a, b" in refuses(load_data, tmp_path / "d.npz")
    np.savez(tmp_path / "d.npz", a=IMAGES)  # the only one that can be pictures
    assert len(load_data(tmp_path / "d.npz").images) == 6


@pytest.mark.parametrize("kind", ["npz", "npy"])
def test_arrays_without_labels_are_one_class(tmp_path, kind):
    path = tmp_path / f"owls.{kind}"
    np.savez(path, images=IMAGES) if kind == "npz" else np.save(path, IMAGES)
    data = load_data(path)
    assert data.class_names == ("owls",) and data.labels.tolist() == [0] * 6
    assert "there are no labels, so all is one class, owls" in data.notes
    assert load_data(path, class_names=["owl"]).class_names == ("owl",)


def test_a_folder_may_hold_the_files_of_images_and_labels(tmp_path):
    """As courses hand them out: one-hot labels in a file of their own."""
    np.save(tmp_path / "sprites_6_16x16.npy", IMAGES)
    np.save(tmp_path / "sprite_labels_nc_6_16x16.npy", np.eye(5)[LABELS])
    data = load_data(tmp_path)
    np.testing.assert_array_equal(data.images, IMAGES)
    assert data.labels.tolist() == LABELS.tolist()
    np.save(tmp_path / "more.npy", IMAGES)
    assert "which are the images" in refuses(load_data, tmp_path)


@pytest.mark.parametrize(
    ("side", "arguments", "expected"),
    [
        (8, {}, 8),
        (32, {}, 32),
        (64, {}, 64),
        (28, {"multiple": 4}, 28),
        (30, {"multiple": 4}, 16),
        (7, {}, 16),
        (65, {}, 16),
        (32, {"size": 24}, 24),
    ],
)
def test_pictures_keep_a_size_that_a_network_can_have(tmp_path, side, arguments, expected):
    """In arrays and in files alike; else they are resized, which the notes say."""
    images = RNG.integers(0, 256, (3, side, side, 3), dtype=np.uint8)
    np.save(tmp_path / "d.npy", images)
    (tmp_path / "d").mkdir()
    for k, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / "d" / f"{k}.png")
    for path in (tmp_path / "d.npy", tmp_path / "d"):
        data = load_data(path, **arguments)
        assert data.shape == (3, expected, expected)
        assert any(f"resized to {expected} x {expected}" in note for note in data.notes) == (side != expected)
        if side == expected:
            np.testing.assert_array_equal(data.images, images)


def test_pictures_of_different_sizes_become_sprites_of_16(tmp_path):
    for k, side in enumerate((32, 48)):
        Image.new("RGB", (side, side), RED).save(tmp_path / f"{k}.png")
    assert load_data(tmp_path).shape == (3, 16, 16)


@pytest.mark.parametrize("arguments", [{"size": 7}, {"size": 65}, {"tile": 3}])
def test_sizes_that_are_not_allowed_are_refused(tmp_path, arguments):
    np.save(tmp_path / "d.npy", IMAGES)
    assert "must be a whole number from" in refuses(lambda: load_data(tmp_path / "d.npy", **arguments))


@pytest.mark.parametrize(
    "arrays",
    [
        {"labels": LABELS},
        {"images": IMAGES + 0.5, "labels": LABELS},
        {"images": IMAGES - 300.0, "labels": LABELS},
        {"images": IMAGES.astype(int) * 1000, "labels": LABELS},
        {"images": np.full((6, 16, 16, 3), np.nan), "labels": LABELS},
        {"images": IMAGES.astype(complex), "labels": LABELS},
        {"images": IMAGES[:, :8], "labels": LABELS},
        {"images": IMAGES[0], "labels": LABELS},
        {"images": IMAGES[..., :2], "labels": LABELS},
        {"images": IMAGES[:, :, :, :, None], "labels": LABELS},
        {"images": IMAGES[:3, :, :, 0], "labels": LABELS[:3]},
        {"images": IMAGES[:0], "labels": LABELS[:0]},
        {"images": IMAGES, "labels": LABELS[:5]},
        {"images": IMAGES, "labels": LABELS - 1},
        {"images": IMAGES, "labels": np.array(3)},
        {"images": IMAGES, "labels": np.zeros((6, 5))},
        {"images": IMAGES, "labels": np.full((6, 5), 0.2)},
        {"images": IMAGES, "labels": np.zeros((6, 0))},
        {"images": IMAGES, "labels": np.zeros((6, 2, 2))},
        {"images": IMAGES, "labels": np.full(6, np.nan)},
        {"images": IMAGES, "labels": LABELS + 0.5},
        {"images": IMAGES, "labels": np.array(list("abcdef")), "class_names": np.array(list("abcde"))},
        {"images": IMAGES, "labels": LABELS, "class_names": np.array(["a", "b"])},
        {"images": IMAGES, "labels": LABELS + 2, "class_names": np.array(list("abcde"))},
        *({"images": IMAGES, "labels": LABELS, "class_names": np.array([*"abcd", name])} for name in BAD_NAMES),
        {"images": np.zeros((1001, 1, 1), np.uint8), "labels": np.arange(1001)},
        {"images": IMAGES, "labels": LABELS, "class_names": np.array("hero")},
        {"images": np.array([None]), "labels": LABELS},
    ],
    ids=lambda arrays: ", ".join(f"{k} {v.shape} {v.dtype}" for k, v in arrays.items()),
)
def test_misshapen_archives_are_refused(tmp_path, arrays):
    np.savez(tmp_path / "d.npz", **arrays)
    assert "d.npz" in refuses(load_data, tmp_path / "d.npz")


def rgba(images):
    """Half of it red, half of it transparent black."""
    whole = np.zeros((*images.shape[:3], 4), np.uint8)
    whole[:, :, :8] = (*RED, 255)
    return whole


@pytest.mark.parametrize(
    ("given", "expected", "note"),
    [
        (IMAGES.astype(np.int64), IMAGES, "int64 from"),
        (IMAGES.astype(np.float32), IMAGES, "float32 from"),
        (IMAGES / 255, IMAGES, "in [0, 1] taken times 255"),
        (IMAGES / 127.5 - 1, IMAGES, "in [-1, 1]"),
        (IMAGES.astype(np.uint16) * 257, IMAGES, "16 bits"),
        (IMAGES.transpose(0, 3, 1, 2), IMAGES, "channels moved"),
        ((IMAGES / 255).transpose(0, 3, 1, 2).astype(np.float16), IMAGES, "channels moved"),
        (IMAGES[..., 0], IMAGES[..., :1].repeat(3, -1), "grey"),
        (IMAGES[..., :1], IMAGES[..., :1].repeat(3, -1), "grey"),
        (IMAGES[:, None, :, :, 0], IMAGES[..., :1].repeat(3, -1), "grey"),
        (IMAGES[..., 0] > 99, 255 * (IMAGES[..., :1] > 99).repeat(3, -1), "black and white"),
        (IMAGES.repeat(2, 1).repeat(2, 2), IMAGES, "32 x 32 pixels resized to 16 x 16"),
        (IMAGES[:, ::4, ::4], IMAGES[:, ::4, ::4].repeat(4, 1).repeat(4, 2), "4 x 4 pixels resized"),
        (np.concatenate([IMAGES, np.full_like(IMAGES[..., :1], 255)], -1), IMAGES, "laid on white"),
    ],
    ids=lambda value: f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else value,
)
def test_arrays_that_can_be_read_in_one_way_are_converted_and_the_notes_say_how(tmp_path, given, expected, note):
    np.savez(tmp_path / "d.npz", images=given, labels=LABELS, class_names=list("abcde"))
    data = load_data(tmp_path / "d.npz", size=16)
    np.testing.assert_allclose(data.images.astype(int), expected, atol=1 if given.dtype == np.float16 else 0)
    assert data.images.dtype == np.uint8 and note in " ".join(data.notes)


def test_transparent_parts_of_an_array_are_white(tmp_path):
    np.savez(tmp_path / "d.npz", images=rgba(IMAGES), labels=LABELS)
    images = load_data(tmp_path / "d.npz").images
    assert (images[:, :, :8] == RED).all() and (images[:, :, 8:] == WHITE).all()


def test_pixel_art_of_odd_size_keeps_its_colours(tmp_path):
    """24 x 24 pixels in eight colours: no ninth comes of them."""
    palette = RNG.integers(0, 256, (8, 3), dtype=np.uint8)
    art = palette[RNG.integers(0, 8, (24, 24))]
    small = load_image(saved(Image.fromarray(art), tmp_path / "p.png"))
    assert {tuple(c) for c in small.reshape(-1, 3)} <= {tuple(c) for c in palette}
    np.savez(tmp_path / "d.npz", images=art[None], labels=[0])
    np.testing.assert_array_equal(load_data(tmp_path / "d.npz", size=16).images[0], small)


def test_nearly_black_arrays_are_remarked_on(tmp_path):
    np.savez(tmp_path / "d.npz", images=IMAGES % 2, labels=LABELS)
    assert any("all is black" in note for note in load_data(tmp_path / "d.npz").notes)


@pytest.mark.parametrize(
    ("labels", "given", "names", "expected", "note"),
    [
        (np.array([[0], [1], [2]] * 2), None, ("class 0", "class 1", "class 2"), [0, 1, 2] * 2, None),
        (np.array(["dog", "cat", "öwl"] * 2), None, ("cat", "dog", "öwl"), [1, 0, 2] * 2, None),
        (np.array(["dog", "cat", "dog"] * 2), ["dog", "cat"], ("dog", "cat"), [0, 1, 0] * 2, None),
        (np.array([b"b", b"a", b"b"] * 2), None, ("a", "b"), [1, 0, 1] * 2, None),
        (np.array([1, 2, 3] * 2), None, ("class 1", "class 2", "class 3"), [0, 1, 2] * 2, "named by their labels"),
        (np.array([1, 2, 3] * 2), list("abc"), tuple("abc"), [0, 1, 2] * 2, "count from 1: 1 is a"),
        (np.array([3, 9, 3] * 2), None, ("class 3", "class 9"), [0, 1, 0] * 2, "3 ... 9, with gaps"),
        (np.array([0, 2, 0] * 2), list("abc"), tuple("abc"), [0, 2, 0] * 2, "no picture is of class b"),
        (np.array([0, 1, 2, 3, 4, 0]), None, CLASS_NAMES, [0, 1, 2, 3, 4, 0], "without names are called hero"),
        (np.eye(7)[LABELS], None, tuple(f"class {i}" for i in range(7)), LABELS, "no picture is of class class 5"),
        (np.ones((6, 1)), None, ("class 0",), [0] * 6, None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_labels_as_people_have_them(tmp_path, labels, given, names, expected, note):
    np.savez(tmp_path / "d.npz", images=IMAGES, labels=labels, **({"class_names": given} if given else {}))
    data = load_data(tmp_path / "d.npz")
    assert data.class_names == names and data.labels.tolist() == list(expected)
    assert data.notes == () if note is None else any(note in found for found in data.notes)


def test_names_given_beside_the_file_count_before_those_in_it(tmp_path):
    np.savez(tmp_path / "D.NPZ", images=IMAGES, labels=LABELS, class_names=list("abcde"))
    (tmp_path / "D.NPZ.npz").rename(tmp_path / "D.NPZ")
    assert load_data(tmp_path / "D.NPZ").class_names == tuple("abcde")
    assert load_data(tmp_path / "D.NPZ", class_names=list("vwxyz")).class_names == tuple("vwxyz")


@pytest.mark.parametrize(("spoiled", "whole"), [("i.npy", "l.npy"), ("l.npy", "i.npy")])
@pytest.mark.parametrize(
    ("start", "why"),
    [
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "pointer of Git LFS"),
        (None, "is cut short"),
    ],
    ids=["web page", "LFS", "cut"],
)
def test_of_two_files_the_one_that_cannot_be_read_is_named(tmp_path, spoiled, whole, start, why):
    np.save(tmp_path / "i.npy", IMAGES)
    np.save(tmp_path / "l.npy", LABELS)
    (path := tmp_path / spoiled).write_bytes(start or path.read_bytes()[:-8])
    message = refuses(load_data, tmp_path / "i.npy", tmp_path / "l.npy")
    assert why in message and str(path) in message and whole not in message


# Folders and archives of pictures


@pytest.fixture(params=["folder", "zip", "zip around a folder"])
def packed(request, tmp_path):
    """packed(files) -> a folder or .zip that holds these files, {path in it: pixels or bytes}."""

    def make(files):
        folder = tmp_path / "mine"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content) if isinstance(content, bytes) else Image.fromarray(content).save(path)
        if request.param == "folder":
            return folder
        inside = folder if request.param == "zip" else tmp_path
        return Path(shutil.make_archive(tmp_path.parent / f"{tmp_path.name}-made", "zip", inside)).rename(
            tmp_path.parent / f"{tmp_path.name}.zip"
        )

    return make


def test_sub_folders_are_classes(packed):
    """Any mode, any size; what is no picture is left out, and said."""
    enlarged = IMAGES[1].repeat(3, 0).repeat(3, 1)
    path = packed(
        {
            "owl ü/a.png": IMAGES[0],
            "owl ü/deeper/b.PNG": enlarged,
            "cat/c.bmp": IMAGES[2],
            "cat/wide.png": np.pad(IMAGES[3], ((0, 0), (8, 8), (0, 0))),
            "cat/notes.txt": b"no picture",
            ".hidden/d.png": IMAGES[4],
            "cat/.DS_Store": b"",
        }
    )
    data = load_data(path)
    assert data.class_names == ("cat", "owl ü") and data.labels.tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(data.images, IMAGES[[2, 3, 0, 1]])
    said = " ".join(data.notes)
    assert "no pictures, left out: 1" in said
    assert "2 of 4 pictures resized" in said and "1 of 4 pictures are not square" in said


def test_sheets_of_sprites_are_told_from_enlarged_ones(packed):
    sheet = np.concatenate([np.concatenate(row, axis=1) for row in IMAGES[:4].reshape(1, 4, 16, 16, 3).repeat(8, 0)])
    enlarged = IMAGES[0].repeat(16, 0).repeat(16, 1)
    data = load_data(packed({"a.png": sheet, "b.png": enlarged}))
    assert "1 of 2 pictures are sheets, cut into 32 tiles of 16 x 16" in data.notes
    np.testing.assert_array_equal(data.images[:4], IMAGES[:4])
    np.testing.assert_array_equal(data.images[32], IMAGES[0])


def test_many_squares_of_one_size_are_no_sheets(packed):
    """Nine pictures of 128 x 128 in few colours; two may be sheets, unless it is said that there is none."""
    pictures = {f"{k}.png": RNG.integers(0, 2, (128, 128, 3), dtype=np.uint8) * 255 for k in range(9)}
    few = dict(list(pictures.items())[:2])
    assert len(load_data(path := packed(few)).images) == 128 and len(load_data(path, tile=0).images) == 2
    assert len(load_data(packed(pictures)).images) == 9


def test_a_sheet_alone_is_a_data_set(tmp_path):
    """Of tiles of its own size, if that is said or can be guessed."""
    tiles = RNG.integers(0, 4, (6, 24, 24, 3), dtype=np.uint8) * 80
    sheet = Image.fromarray(np.hstack(tiles))
    data = load_data(saved(sheet, tmp_path / "sheet.png"))
    np.testing.assert_array_equal(data.images, tiles)
    assert data.class_names == ("sheet",) and "cut into 6 tiles of 24 x 24" in data.notes[0]
    assert load_data(tmp_path / "sheet.png", tile=8, size=8).shape == (3, 8, 8)
    assert len(load_data(tmp_path / "sheet.png", tile=8).images) == 54


def test_pictures_without_sub_folders_are_one_class(packed):
    data = load_data(packed({"b.png": IMAGES[1], "a.png": IMAGES[0]}))
    np.testing.assert_array_equal(data.images, IMAGES[:2])
    assert len(data.class_names) == 1 and data.labels.tolist() == [0, 0] and "one class" in " ".join(data.notes)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"a.txt": b"x"}, "holds no picture"),
        ({"a.png": IMAGES[0], "cat/b.png": IMAGES[1]}, "both in sub-folders and beside them"),
        ({"cat/a.png": IMAGES[0], "owl/b.png": b"<html>"}, "owl/b.png: this file cannot be read as a picture"),
        ({"cat, dog/a.png": IMAGES[0], "owl/b.png": IMAGES[1]}, "no comma"),
        ({"No class/a.png": IMAGES[0], "owl/b.png": IMAGES[1]}, "cannot be called 'No class'"),
    ],
    ids=["none", "both", "damaged", "comma", "no class"],
)
def test_folders_that_are_no_data_set_are_refused(packed, files, why):
    path = packed(files)
    message = refuses(load_data, path)
    assert why in message and str(path) in message
    assert "sub-folders name the classes" in refuses(load_data, path, None, ["a"])


def test_a_zip_that_is_none_is_refused(tmp_path):
    (tmp_path / "d.zip").write_bytes(b"<!doctype html>")
    assert "is a web page" in refuses(load_data, tmp_path / "d.zip")
    (tmp_path / "d.zip").write_bytes(b"PK nonsense")
    assert "d.zip" in refuses(load_data, tmp_path / "d.zip")
    (tmp_path / "d.txt").write_bytes(b"cat")
    assert "folder or .zip of pictures" in refuses(load_data, tmp_path / "d.txt")
    assert "is one picture" in refuses(load_data, saved(Image.new("RGB", (64, 64)), tmp_path / "one.png"))


@pytest.mark.parametrize("suffix", [".npz", ".npy"])
@pytest.mark.parametrize("content", ["empty", "text", "npy", "npz", "cut npy", "cut npz", "damaged npz", "pickle"])
def test_files_that_are_not_what_they_are_called_are_refused(tmp_path, suffix, content):
    npy, npz = io.BytesIO(), io.BytesIO()
    np.save(npy, IMAGES)
    np.savez_compressed(npz, images=IMAGES, labels=LABELS)
    npy, npz = npy.getvalue(), npz.getvalue()
    objects = io.BytesIO()
    np.save(objects, np.array([{}]), allow_pickle=True)
    damaged = bytearray(npz)
    damaged[200:400] = bytes(200)
    path, labels = tmp_path / f"d{suffix}", tmp_path / "l.npy"
    path.write_bytes(
        {
            "empty": b"",
            "text": b"images, labels\n",
            "npy": npy,
            "npz": npz,
            "cut npy": npy[: len(npy) // 2],
            "cut npz": npz[: len(npz) // 2],
            "damaged npz": bytes(damaged),
            "pickle": objects.getvalue(),
        }[content]
    )
    np.save(labels, LABELS)
    if f".{content}" == suffix:
        assert len(load_data(path, labels).images) == 6
    else:
        refuses(load_data, path, labels)


def test_missing_files_and_other_kinds_are_refused(tmp_path):
    np.save(tmp_path / "i.npy", IMAGES)
    assert "d.csv" in refuses(load_data, tmp_path / "d.csv", None)
    assert "missing.npz" in refuses(load_data, tmp_path / "missing.npz")
    refuses(load_data, tmp_path / "i.npy", tmp_path / "missing.npy")


# Pictures


def saved(picture, path, **kwargs):
    picture.save(path, **kwargs)
    return path


@pytest.mark.parametrize("k", [1, 2, 3, 5, 16, 40])
@pytest.mark.parametrize("suffix", ["png", "bmp", "webp"])
def test_enlarged_pixel_art_comes_back_exactly(tmp_path, k, suffix):
    picture = Image.fromarray(IMAGES[0].repeat(k, 0).repeat(k, 1))
    path = saved(picture, tmp_path / f"p.{suffix}", **({"lossless": True} if suffix == "webp" else {}))
    np.testing.assert_array_equal(load_image(path), IMAGES[0])


@pytest.mark.parametrize("wide", [True, False])
def test_the_middle_square_of_an_oblong_picture_is_kept(tmp_path, wide):
    pixels = np.zeros((32, 96, 3), np.uint8)
    pixels[:, 32:64] = IMAGES[0].repeat(2, 0).repeat(2, 1)
    found = load_image(saved(Image.fromarray(pixels if wide else pixels.swapaxes(0, 1)), tmp_path / "p.png"))
    np.testing.assert_array_equal(found if wide else found.swapaxes(0, 1), IMAGES[0])


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (15, 17), (17, 1000), (2, 2), (100, 100)])
def test_any_size_becomes_a_sprite(tmp_path, size):
    found = load_image(saved(Image.new("RGB", size, RED), tmp_path / "p.png"))
    assert found.shape == (16, 16, 3) and found.dtype == np.uint8
    assert (found == RED).all()


def test_transparency_is_laid_on_white(tmp_path):
    picture = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    picture.putpixel((0, 0), (*RED, 255))
    picture.putpixel((1, 0), (*RED, 128))
    found = load_image(saved(picture, tmp_path / "p.png"))
    assert tuple(found[0, 0]) == RED and (found[1:] == 255).all()
    np.testing.assert_allclose(found[0, 1], (255, 127, 127), atol=1)


def test_palette_with_a_transparent_colour(tmp_path):
    picture = Image.new("P", (16, 16), 1)
    picture.putpalette([*RED, 0, 0, 255])
    picture.putpixel((3, 0), 0)
    found = load_image(saved(picture, tmp_path / "p.png", transparency=1))
    assert tuple(found[0, 3]) == RED and tuple(found[5, 5]) == WHITE


def test_the_first_frame_of_an_animation(tmp_path):
    frames = [Image.new("RGB", (16, 16), colour) for colour in (RED, (0, 255, 0), (0, 0, 255))]
    path = saved(frames[0], tmp_path / "p.gif", save_all=True, append_images=frames[1:])
    assert (load_image(path) == RED).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_modes_of_png(tmp_path, mode):
    found = load_image(saved(Image.new("RGB", (32, 32), "white").convert(mode), tmp_path / "p.png"))
    assert (found == 255).all()


def test_sixteen_bits_keep_their_greys(tmp_path):
    """A 16-bit grey PNG: 0 ... 65535 becomes 0 ... 255, not white from 255 on."""
    grey = np.linspace(0, 65535, 16).astype(np.uint16)[None].repeat(16, 0)
    found = load_image(saved(Image.fromarray(grey), tmp_path / "p.png"))
    np.testing.assert_allclose(found[4, :, 0], np.linspace(0, 255, 16), atol=1)
    assert (found == found[..., :1]).all()


def test_cmyk_jpeg(tmp_path):
    path = saved(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), tmp_path / "p.jpg", quality=95)
    np.testing.assert_allclose(load_image(path), np.broadcast_to(RED, (16, 16, 3)), atol=6)


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [(1, lambda a: a), (2, np.fliplr), (3, lambda a: np.rot90(a, 2)), (6, lambda a: np.rot90(a, -1)), (8, np.rot90)],
)
def test_exif_orientation_is_followed(tmp_path, orientation, turned):
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = load_image(saved(Image.fromarray(IMAGES[0]), tmp_path / "p.png", exif=exif))
    np.testing.assert_array_equal(found, turned(IMAGES[0]))


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp", "bmp"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_truncated_pictures_are_refused(tmp_path, suffix, share):
    path = saved(Image.fromarray(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)), tmp_path / f"p.{suffix}")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert "PNG, JPEG, GIF, WEBP, BMP" in refuses(load_image, path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
        b"<!doctype html><html><script>alert(1)</script></html>",
        b"\x89PNG\r\n\x1a\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_other_files_named_png_are_refused(tmp_path, content):
    (tmp_path / "p.png").write_bytes(content)
    assert "cannot be read as a picture" in refuses(load_image, tmp_path / "p.png")


def test_formats_outside_the_list_are_refused(tmp_path):
    assert "TIFF" not in IMAGE_FORMATS
    refuses(load_image, saved(Image.new("RGB", (16, 16)), tmp_path / "p.png", format="TIFF"))
    refuses(load_image, tmp_path / "missing.png")
    refuses(load_image, tmp_path)


def png_header(width, height):
    """A PNG that claims this size and holds almost no pixels."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 10)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5001, 10_000, 14_000, 40_000, 2**31 - 1])
def test_a_header_that_claims_a_huge_picture_is_refused_before_decoding(tmp_path, monkeypatch, side):
    """Without a warning on the way, at any size (Pillow warns from 89 million pixels and refuses from 179)."""
    (tmp_path / "p.png").write_bytes(png_header(side, side))
    monkeypatch.setattr("core.pictures._middle", lambda picture: pytest.fail("it was decoded"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refuses(load_image, tmp_path / "p.png")


def test_the_limit_names_the_size_and_what_is_allowed(tmp_path):
    (tmp_path / "p.png").write_bytes(png_header(6000, 5000))
    assert "6000 x 5000" in (message := refuses(load_image, tmp_path / "p.png")) and "4 million" in message


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp", "bmp"])
def test_damaged_pictures_give_a_sprite_or_a_sentence(tmp_path, suffix):
    """200 files with a few bytes changed: nothing but ValueError may come out."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a sprite"
    path = saved(
        Image.fromarray(IMAGES[0]), tmp_path / f"p.{suffix}", **({} if suffix in ("gif", "bmp") else {"exif": exif})
    )
    whole, rng = path.read_bytes(), random.Random(suffix)
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 3, 10])):
            damaged[rng.randrange(min(len(damaged), rng.choice([60, 10_000])))] = rng.randrange(256)
        path.write_bytes(bytes(damaged))
        try:
            assert load_image(path).shape == (16, 16, 3)
        except ValueError as error:
            assert "\n" not in str(error)


# An uploaded file: one picture, a sheet, a .zip

SPRITES = [draw("hero", i).pixels for i in range(7)]


def as_file(pixels: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def sheet_of(sprites, columns: int = 4) -> np.ndarray:
    empty = np.full((16, 16, 3), 255, np.uint8)
    full = [*sprites, *[empty] * (-len(sprites) % columns)]
    return np.vstack([np.hstack(full[k : k + columns]) for k in range(0, len(full), columns)])


@pytest.mark.parametrize("scale", [1, 2, 3, 5])
def test_a_sheet_is_cut_however_large_it_is_shown(scale):
    sheet = sheet_of(SPRITES).repeat(scale, 0).repeat(scale, 1)
    for file in (
        as_file(sheet),
        as_file(sheet, "GIF"),
        as_file(np.dstack([sheet, np.full(sheet.shape[:2], 255, np.uint8)])),
    ):
        found, notes = pictures_in(file, 100)
        assert [picture.tobytes() for picture in found] == [sprite.tobytes() for sprite in SPRITES]
        assert notes == ["a sheet, cut into 7 tiles of 16 x 16, 1 empty ones left out"]
    found, notes = pictures_in(as_file(sheet), 3)
    assert len(found) == 3 and notes[1] == "the first 3 of them"


def test_what_is_clear_in_a_sheet_is_white():
    sheet = np.dstack([sheet_of(SPRITES), np.full((32, 64), 255, np.uint8)])
    sheet[16:, 32:48] = 0  # one sprite is cut out
    found, notes = pictures_in(as_file(sheet), 100)
    assert len(found) == 6 and notes == ["a sheet, cut into 6 tiles of 16 x 16, 2 empty ones left out"]


def test_tiles_of_another_size_are_resized():
    sheet = np.hstack([RNG.integers(0, 4, (24, 24, 3), dtype=np.uint8) * 80 for _ in range(3)])
    found, notes = pictures_in(as_file(sheet), 100)
    assert found.shape == (3, 16, 16, 3) and notes[-1] == "resized to 16 x 16"


@pytest.mark.parametrize("side", [16, 32, 160])
def test_a_single_sprite_is_no_sheet(side):
    sprite = SPRITES[0].repeat(side // 16, 0).repeat(side // 16, 1)
    found, notes = pictures_in(as_file(sprite), 100)
    assert len(found) == 1 and (found[0] == SPRITES[0]).all() and notes[0].startswith("one picture")


def test_a_photograph_is_one_picture():
    photo = RNG.integers(0, 256, (128, 256, 3), dtype=np.uint8)
    for file in (as_file(photo), as_file(sheet_of(SPRITES), "JPEG")):
        assert len(pictures_in(file, 100)[0]) == 1


def test_a_zip_is_read_in_the_order_of_its_names():
    files = {f"b/{k}.png": as_file(SPRITES[k]) for k in (2, 0, 1)}
    found, notes = pictures_in(zipped({"__MACOSX/b/0.png": b"x", "readme.txt": b"x", **files}), 100)
    assert (found == np.stack(SPRITES[:3])).all() and notes == [
        "3 pictures, the middle square of each shrunk to 16 x 16"
    ]
    assert len(pictures_in(zipped(files), 2)[0]) == 2


def test_a_sheet_in_a_zip_is_cut_too():
    files = {"a.png": as_file(SPRITES[0]), "sheet.png": as_file(sheet_of(SPRITES[1:4]))}
    found, notes = pictures_in(zipped(files), 100)
    assert [picture.tobytes() for picture in found] == [sprite.tobytes() for sprite in SPRITES[:4]]
    assert notes[1] == "sheet.png: a sheet, cut into 3 tiles of 16 x 16, 1 empty ones left out"
    found, notes = pictures_in(zipped(files), 2)
    assert len(found) == 2 and notes[-1] == "the first 2 of them"
    many = {f"{k}.png": as_file(sheet_of(SPRITES)) for k in range(5)}
    assert pictures_in(zipped(many), 100)[1][-1] == "and 2 more sheets"


def test_a_file_that_holds_no_picture_is_refused(monkeypatch):
    assert "cannot be read as a picture" in refuses(pictures_in, b"", 9)
    assert "cannot be read as a picture" in refuses(pictures_in, zipped({"a.png": b"x"}), 9)
    assert "holds no picture" in refuses(pictures_in, zipped({"a.txt": b"x"}), 9)
    damaged = bytearray(zipped({"a.png": as_file(SPRITES[0])}))
    damaged[40:60] = bytes(20)
    assert "damaged" in refuses(pictures_in, bytes(damaged), 9)
    assert "the .zip cannot be read" in refuses(pictures_in, bytes(damaged)[:50], 9)
    monkeypatch.setattr("core.uploads.MAX_UNPACKED", 50)
    assert "more than" in refuses(pictures_in, zipped({"a.png": as_file(SPRITES[0])}), 9)
