"""What prints the numbers that docs/ quotes."""

from core.checkpoint import Model
from core.sprites import CLASS_NAMES


def comparable(model: Model) -> Model:
    """The model. Raises ValueError if its sprites are of other classes than those that it would be compared with."""
    if model.class_names != CLASS_NAMES:
        raise ValueError(
            f"this network draws {', '.join(model.class_names)}; it would be compared with this project's sprites, "
            f"of {', '.join(CLASS_NAMES)}"[:400]
        )
    return model
