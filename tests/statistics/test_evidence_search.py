"""The search for decays: its bounds, and what happens where the evidence has no value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.statistics import decay_groups, evidence_search, maximize_evidence
from sheernet.statistics.decay_groups import SCALE
from sheernet.statistics.evidence_search import (
    FIRST_ROUND,
    HEAVIEST,
    HEAVIEST_BEGINNING,
    LEAST_OF_SCALES,
    LIGHTEST,
    MORE_DECAY,
    SWITCHED_OFF,
)
from sheernet.training.starts import first_starts

ARCH = sn.Architecture((1, 1))


def line(noise: float, slope: float = 1.0, rows: int = 50, **given) -> sn.objective.Objective:
    """y = slope x + noise, with sums over the rows unless told otherwise."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=rows)
    y = slope * x + noise * rng.normal(size=rows)
    return sn.make_objective(given.pop("arch", ARCH), x, y, **{"reduction": "sum", **given})


def search_of(objective, groups=None, starts: int = 1, **given):
    thetas = np.zeros((starts, objective.size))
    return maximize_evidence(objective, thetas, groups or decay_groups(ARCH), **given)


class TestTheBounds:
    @pytest.mark.parametrize("reduction", ["sum", "mean"])
    def test_hold_the_decay_of_a_slope_that_is_certain(self, reduction: str) -> None:
        """Without noise the evidence wants no decay: gamma / (beta w^2) is below LIGHTEST x rows."""
        unit = 50.0 if reduction == "sum" else 1.0
        found = search_of(line(1e-8, reduction=reduction))
        assert found.decays[0, 0] == pytest.approx(LIGHTEST * unit)

    @pytest.mark.parametrize("reduction", ["sum", "mean"])
    def test_hold_the_decay_of_a_slope_that_is_not_there(self, reduction: str) -> None:
        """An input that is orthogonal to the target, so its best decay is infinite."""
        x = np.tile([-1.0, 1.0], 25)
        y = np.repeat([-1.0, 1.0, 1.0, -1.0], 13)[:50]
        y -= x * (x @ y) / (x @ x)
        unit = 50.0 if reduction == "sum" else 1.0
        found = search_of(sn.make_objective(ARCH, x, y, reduction=reduction), tolerance=1e-12)
        assert found.decays[0, 0] <= HEAVIEST * unit * (1 + 1e-12)
        assert abs(found.thetas[0, 0]) < 1e-6

    def test_are_higher_for_scales(self) -> None:
        """Rows that lie on the line: without the bound the scale of some of them would go to 0."""
        arch = sn.Architecture((1, 3, 2))
        x = np.linspace(-2.0, 2.0, 60)
        y = x + np.where(x > 0, 0.3 * np.random.default_rng(0).normal(size=60), 0.0)
        objective = sn.make_objective(arch, x, y, cost="gaussian_nll", reduction="sum")
        groups = decay_groups(arch, outputs_per_target=2)
        thetas = sn.Network.random(arch, 0).theta[None]
        found = maximize_evidence(objective, thetas, groups, max_updates=12)
        scales = found.decays[:, groups[f"W2{SCALE}"]]
        assert scales.min() >= LEAST_OF_SCALES * (1 - 1e-12)
        assert np.isfinite(found.thetas).all()

    def test_hold_beginnings_without_any_decay(self) -> None:
        """A decay of 0 has no logarithm, so it would never change; the line has noise, and the evidence wants some."""
        found, usual = search_of(line(0.3), beginnings=(0.0,)), search_of(line(0.3))
        assert found.decays[0, 0] == pytest.approx(usual.decays[0, 0], rel=0.02)

    def test_hold_beginnings_where_rows_are_few(self) -> None:
        """Of 10 rows, at most HEAVIEST_BEGINNING x 10; without an update the decays stay where they began."""
        found = search_of(line(0.3, rows=10), starts=4, max_updates=0)
        assert found.decays[:, 0] == pytest.approx(np.full(4, HEAVIEST_BEGINNING * 10))


class TestWhereTheEvidenceHasNoValue:
    def test_at_every_start_the_search_raises(self) -> None:
        """The weight of an input that is 0 has neither data nor decay."""
        objective = sn.make_objective(ARCH, np.zeros(9), np.arange(9.0), reduction="sum")
        with pytest.raises(np.linalg.LinAlgError, match="every start is singular"):
            maximize_evidence(objective, np.zeros((2, 2)), {}, max_updates=2)

    def test_at_some_starts_they_are_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = evidence_search.evidence_at

        def singular_below_zero(objective, theta, groups):
            if theta[1] < 0:
                raise np.linalg.LinAlgError
            return whole(objective, theta, groups)

        monkeypatch.setattr(evidence_search, "evidence_at", singular_below_zero)
        arch = sn.Architecture((1, 1, 1))
        thetas = np.array([[1.0, -1.0, 1.0, 0.0], [1.0, 1.0, 1.0, 0.0]])
        found = maximize_evidence(line(0.3, arch=arch), thetas, decay_groups(arch), max_updates=3)
        assert len(found.thetas) == len(found.decays) == len(found.evidences) == 1
        assert found.thetas[0, 1] >= 0

    def test_the_decay_grows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        begun = search_of(line(0.3), max_updates=0).decays[0, 0]
        seen: list[float] = []
        whole = evidence_search.evidence_at

        def singular_at_first(objective, theta, groups):
            seen.append(objective.decay[0])
            if len(seen) <= 2:
                raise np.linalg.LinAlgError
            return whole(objective, theta, groups)

        monkeypatch.setattr(evidence_search, "evidence_at", singular_at_first)
        search_of(line(0.3))
        assert seen[:3] == pytest.approx([begun, MORE_DECAY * begun, MORE_DECAY**2 * begun])

    @pytest.mark.parametrize("name", ["log_evidence", "better_decay"])
    def test_numbers_that_are_not_finite_are_none(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = evidence_search.evidence_at

        def overflowing(*arguments):
            bad = {"log_evidence": np.nan, "better_decay": {"W1": np.inf}}[name]
            return replace(whole(*arguments), **{name: bad})

        monkeypatch.setattr(evidence_search, "evidence_at", overflowing)
        with pytest.raises(np.linalg.LinAlgError, match="every start is singular"):
            search_of(line(0.3), max_updates=2)


def test_weights_count_rows() -> None:
    """A row of weight k is k rows: the same decays, evidence and optimum."""
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, 40))
    y, repeats = np.sin(2 * x) + 0.3 * noise, 1 + np.arange(40) % 3
    arch = sn.Architecture((1, 2, 1))
    thetas = sn.Network.random(arch, 0).theta[None]
    weighted = sn.make_objective(arch, x, y, weights=repeats, reduction="sum")
    repeated = sn.make_objective(
        arch, np.repeat(x, repeats), np.repeat(y, repeats), reduction="sum"
    )
    one, other = (
        maximize_evidence(each, thetas, decay_groups(arch), tolerance=1e-5)
        for each in (weighted, repeated)
    )
    for found, expected in zip(one.evidences, other.evidences, strict=True):
        assert found.log_evidence == pytest.approx(expected.log_evidence, rel=1e-6)
        assert found.noise_variance == pytest.approx(expected.noise_variance, rel=1e-5)
        for name, effective in found.effective.items():
            if effective > SWITCHED_OFF:  # else the evidence is flat
                assert found.decay[name] == pytest.approx(expected.decay[name], rel=1e-3)


def test_starts_with_weights_of_their_own_are_searches_of_their_own() -> None:
    objective = line(0.5)
    weights = [(np.arange(50) % 3 != rest).astype(float) for rest in range(2)]
    decays = np.array([[0.2, 0.0], [7.0, 0.0]])
    together = search_of(objective, starts=2, weights=weights, decays=decays, tolerance=1e-6)
    for k, own in enumerate(weights):
        alone = search_of(objective.replace(weights=own), tolerance=1e-6)
        assert together.thetas[k] == pytest.approx(alone.thetas[0], rel=1e-5)
        assert together.decays[k] == pytest.approx(alone.decays[0], rel=1e-4)


def test_fits_neither_polish_nor_renew() -> None:
    given = []

    def fit(*arguments, **options):
        given.append({name: options.get(name) for name in ("polish", "renew")})
        return sn.jobs.fit_jobs(*arguments, **options)

    search_of(line(0.5), fit=fit)
    assert given
    assert all(options == {"polish": False, "renew": False} for options in given)


class TestSwitchedOff:
    """Rows between -1 and 1 are a class: under the heavy decay of the beginning the network becomes constant."""

    arch = sn.Architecture((1, 3, 1), output="sigmoid")

    def objective(self):
        x = np.random.default_rng(0).uniform(-2.0, 2.0, size=60)
        y = (np.abs(x) < 1.0) * 1.0
        return sn.make_objective(self.arch, x, y, cost="binary_cross_entropy", reduction="sum")

    def thetas(self) -> np.ndarray:
        return np.stack([sn.Network.random(self.arch, seed).theta for seed in range(2)])

    def test_starts_are_fitted_from_their_initial_weights(self) -> None:
        """The log evidence of frequencies is about 60 log 1/2 = -42; a network that knows the classes has -7."""
        found = maximize_evidence(self.objective(), self.thetas(), decay_groups(self.arch))
        assert max(each.log_evidence for each in found.evidences) > -20.0
        assert found.begun.tolist() == self.thetas().tolist()

    def test_starts_end_at_optima_that_are_as_low_as_those_from_their_initial_weights(self) -> None:
        objective = self.objective()
        found = maximize_evidence(objective, self.thetas(), decay_groups(self.arch), tolerance=0.03)
        for begun, theta, decay in zip(found.begun, found.thetas, found.decays, strict=True):
            here = objective.replace(decay=decay)
            (run,) = sn.jobs.fit_jobs(here, [sn.jobs.Job(begun)], "bfgs")
            assert here.value(theta) <= run.objective * 1.002

    def test_starts_of_a_wave_in_noise_find_it_from_a_light_decay(self) -> None:
        """sin 3x with a standard deviation of 0.5, 60 rows: heavy decays end at a straight line."""
        rng = np.random.default_rng(0)
        x = rng.uniform(-2.0, 2.0, size=60)
        y = np.sin(3.0 * x) + 0.5 * rng.normal(size=60)
        z = (y - y.mean()) / y.std()
        arch = sn.Architecture((1, 4, 1))
        objective = sn.make_objective(arch, x, z, reduction="sum")
        starts = first_starts(sn.Network.random(arch, 0), 6, "glorot", 0)
        found = maximize_evidence(objective, starts, decay_groups(arch), tolerance=0.03)
        line = maximize_evidence(
            sn.make_objective(ARCH, x, z, reduction="sum"), np.zeros((1, 2)), decay_groups(ARCH)
        )
        gain = found.evidences[found.best].log_evidence - line.evidences[0].log_evidence
        assert gain > 5.0


@pytest.mark.parametrize("starts", [1, 3])
def test_a_search_goes_on_with_the_same_starts_only(starts: int) -> None:
    kept = []
    whole = search_of(line(0.3), starts=2, keep=kept.append)
    again = search_of(line(0.3), starts=2, state=kept[0])
    assert again.decays.tobytes() == whole.decays.tobytes()
    with pytest.raises(sn.InvalidInput, match=f"other starts .* starts={starts}"):
        search_of(line(0.3), starts=starts, state=kept[0])


def test_only_the_starts_with_the_highest_evidences_are_continued() -> None:
    """After the first round; a search that goes on from there continues the same starts."""
    arch = sn.Architecture((1, 3, 1))
    rng = np.random.default_rng(0)
    x = rng.uniform(-2.0, 2.0, size=60)
    objective = sn.make_objective(
        arch, x, np.sin(2 * x) + 0.1 * rng.normal(size=60), reduction="sum"
    )
    thetas = first_starts(sn.Network.random(arch, 0), 5, "glorot", 0)
    kept: list[evidence_search.SearchState] = []
    found = maximize_evidence(objective, thetas, decay_groups(arch), keep=kept.append)
    (last,) = (each for each in kept if each.updates == FIRST_ROUND and each.stage == 0)
    assert found.starts == tuple(np.flatnonzero(last.changes > -np.inf).tolist())
    assert len(found.starts) == 3
    short = maximize_evidence(objective, thetas, decay_groups(arch), max_updates=FIRST_ROUND - 1)
    assert len(short.starts) == 5
    logs = [each.log_evidence for each in short.evidences]
    assert len(set(found.starts) & set(np.argsort(logs)[-3:].tolist())) >= 2
    again = maximize_evidence(objective, thetas, decay_groups(arch), state=last)
    assert again.starts == found.starts
    assert again.thetas.tobytes() == found.thetas.tobytes()
