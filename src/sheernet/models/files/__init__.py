"""Save models to JSON files and load them; no code in a file is executed.

schema.py               the JSON objects of a model file, and its maximum sizes
network_fields.py       the layers of a network and the factor of its covariance, as stored in a file
saving.py               `save`: write a model to a file
loading.py              `load`: read a file and check its format, schema and types
model_from_document.py  build the model from the content of a file
"""

from __future__ import annotations

from sheernet.models.files.loading import load
from sheernet.models.files.saving import require_storable, save

__all__ = ["load", "require_storable", "save"]
