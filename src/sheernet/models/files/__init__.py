"""Model files: JSON that holds a whole model and runs no code.

schema.py           the JSON objects of a file
saving.py           from a model to a file
loading.py          from a file to a checked document
document_reader.py  from a document to a model
"""

from __future__ import annotations

from sheernet.models.files.loading import load
from sheernet.models.files.saving import save

__all__ = ["load", "save"]
