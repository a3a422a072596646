"""All faults by name: for any network, and for the notebook's class."""

from __future__ import annotations

from sheernet.teaching.faults import blocks, notebook_faults, passes, rules, saturation, totals
from sheernet.teaching.faults.class_fault import ClassFault
from sheernet.teaching.faults.fault import Fault

ALL: dict[str, Fault] = {
    fault.name: fault
    for part in (totals, blocks, passes, rules, saturation)
    for fault in part.FAULTS
}
"""Every fault, by name."""

NOTEBOOK: dict[str, ClassFault] = {fault.name: fault for fault in notebook_faults.FAULTS}
"""Every mistake in the notebook's class, by name."""
