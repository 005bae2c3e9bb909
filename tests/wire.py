"""What the page and other programs exchange with the app, as the tests read and write it."""

import base64

import numpy as np


def decode(text: str, dtype=np.uint8, *shape: int) -> np.ndarray:
    """The array that tabs.page.encode has made a text of; by default sprites (B, 16, 16, 3) uint8."""
    return np.frombuffer(base64.b64decode(text), dtype).reshape(shape or (-1, 16, 16, 3))
