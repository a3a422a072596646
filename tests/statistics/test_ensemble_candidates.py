"""Candidates: networks at the decays of the evidence, and honest densities of the rows of the folds."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from contest_cases import CLASSES, REPORTING, CtrlC, contest, line, wave
from sheernet.statistics import EvidenceSearch, decay_groups
from sheernet.statistics import ensemble_candidates as module
from sheernet.statistics.folds import Folds
from sheernet.statistics.laplace import noise_and_factor
from sheernet.statistics.network_densities import NumberDensities, predictive_densities
from sheernet.statistics.noise_models import CONSTANT, HEAVY_TAILED, VARYING


def watch_searches(monkeypatch: pytest.MonkeyPatch, searches: list[EvidenceSearch]) -> None:
    """Collect what each search of the evidence finds."""
    whole = module.maximize_evidence

    def watched(*arguments, **given):
        searches.append(whole(*arguments, **given))
        return searches[-1]

    monkeypatch.setattr(module, "maximize_evidence", watched)


class TestTheLine:
    def test_of_each_fold_is_ridge_regression_on_the_others(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Penalized normal equations in closed form, with the decay of the other folds; the bias has none."""
        x, y = line(20)
        given, searches = contest(x, y), []
        watch_searches(monkeypatch, searches)
        (found,) = given.candidates((), False, CONSTANT)
        decays = searches[-1].decays  # (5, 2)
        design = np.column_stack([x, np.ones(20)])  # (N, 2)
        for fold in range(5):
            own = given.folds.rows_of(fold)
            others = np.setdiff1d(np.arange(20), own)
            alone = contest(x[others], y[others]).candidates((), False, CONSTANT)[0]
            assert decays[fold, 0] == pytest.approx(alone.decay[0], rel=3 * module.TOLERANCE)
            penalty = np.diag([decays[fold, 0], 0.0])
            gram = design[others].T @ design[others] + penalty
            theta = np.linalg.solve(gram, design[others].T @ y[others])
            assert found.densities.means[own, 0] == pytest.approx(design[own] @ theta, abs=1e-6)
            residuals = y[others] - design[others] @ theta
            gamma = 2 - np.trace(penalty @ np.linalg.inv(gram))
            noise = residuals @ residuals / (len(others) - gamma)
            leverage = np.einsum("ni,ij,nj->n", design[own], np.linalg.inv(gram), design[own])
            variance = found.densities.variances()[own, 0]
            assert variance == pytest.approx(noise * (1 + leverage), rel=1e-5)

    def test_has_the_log_densities_of_its_densities(self) -> None:
        x, y = line(20)
        (found,) = contest(x, y).candidates((), False, CONSTANT)
        assert isinstance(found.densities, NumberDensities)
        assert found.log_densities.tolist() == found.densities.log(y[:, None]).tolist()
        assert found.hidden == ()


class TestFoldsAreHonest:
    def test_random_labels_are_not_predicted_better_than_by_guessing(self) -> None:
        """With a decay for each of 15 inputs that all rows chose, the log-loss of the folds was 0.57 to 0.65."""
        losses = []
        for seed in range(4):
            rng = np.random.default_rng(seed)
            given = contest(
                rng.normal(size=(60, 15)), (rng.random(60) < 0.5).astype(float), **CLASSES
            )
            losses.append(-given.candidates((), True, None, keep=1)[0].log_densities.mean())
        assert np.mean(losses) > np.log(2.0)

    def test_noise_is_not_predicted_better_than_by_its_mean(self) -> None:
        """With such decays, linear models explained up to 8 % of it."""
        errors = []
        for seed in range(4):
            rng = np.random.default_rng(seed)
            y = rng.normal(size=60)
            given = contest(rng.normal(size=(60, 15)), (y - y.mean()) / y.std())
            found = given.candidates((), True, CONSTANT, keep=1)[0]
            errors.append(np.mean((found.densities.means - given.y) ** 2))
        assert np.mean(errors) > 1.0

    @pytest.mark.parametrize("kind", [CONSTANT, VARYING, HEAVY_TAILED])
    def test_a_prediction_does_not_depend_on_the_target_of_its_own_fold(self, kind) -> None:
        """For given initial weights, and decays to begin with; all other folds are fitted to it."""
        x, y = wave(30)
        folds = Folds.of(30, seed=0)
        changed = y.copy()
        own = folds.rows_of(2)
        changed[own] += 5.0
        found = []
        for targets in (y, changed):
            given = contest(x, targets, folds=folds)
            arch = given.architecture((2,), kind)
            theta = sn.Network.random(arch, 0).theta[None]
            groups = decay_groups(arch, outputs_per_target=kind.outputs_per_target)
            begun = EvidenceSearch(theta, theta, np.ones_like(theta), (), 1, True, False, (0,))
            found.append(given._judged(given.objective(arch, kind), groups, begun, 0, kind)[0])
        assert found[0].means[own].tolist() == found[1].means[own].tolist()
        assert found[0].variances()[own].tolist() == found[1].variances()[own].tolist()
        others = np.setdiff1d(np.arange(30), own)
        assert (found[0].means[others] != found[1].means[others]).all()

    def test_decays_do_not_depend_on_the_targets_of_the_own_fold(self) -> None:
        """The decay of all rows, from which the search without a fold begins, depends on them."""
        x, y = line(20)
        folds = Folds.of(20, seed=0)
        own = folds.rows_of(2)
        changed = y.copy()
        changed[own] -= 2 * changed[own]
        one, other = (
            contest(x, t, folds=folds).candidates((), False, CONSTANT)[0] for t in (y, changed)
        )
        assert other.decay[0] > 3 * one.decay[0]
        means, scales = one.densities.means[own], one.densities.scales[own]
        assert other.densities.means[own] == pytest.approx(means, abs=1e-3)
        assert other.densities.scales[own] == pytest.approx(scales, rel=1e-3)

    def test_columns_that_all_rows_switch_off_can_come_back_without_a_fold(self) -> None:
        x, y = line(30)
        given = contest(x, y)
        arch = given.architecture((), CONSTANT)
        zero, heavy = np.zeros((1, 2)), np.array([[1e5, 0.0]])
        begun = EvidenceSearch(zero, zero, heavy, (), 1, True, False, (0,))
        found, _ = given._judged(
            given.objective(arch, CONSTANT), decay_groups(arch), begun, 0, CONSTANT
        )
        (expected,) = given.candidates((), False, CONSTANT)
        assert found.means == pytest.approx(expected.densities.means, abs=1e-3)

    def test_a_row_of_weight_0_has_no_influence(self) -> None:
        x, y = line(20)
        weights = np.ones(20)
        weights[3] = 0.0
        changed = y.copy()
        changed[3] = 9.0
        one, other = (
            contest(x, each, weights).candidates((), False, CONSTANT)[0] for each in (y, changed)
        )
        assert one.densities.means.tolist() == other.densities.means.tolist()
        assert one.decay.tolist() == other.decay.tolist()

    def test_the_initial_weights_of_folds_are_those_of_the_start_not_of_its_end(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        searches: list[EvidenceSearch] = []
        watch_searches(monkeypatch, searches)
        given = contest(*wave(30), starts=1)
        given.candidates((2,), False, CONSTANT)
        network = sn.Network.random(given.architecture((2,), CONSTANT), 0, "glorot")
        assert searches[1].begun.tolist() == [network.theta.tolist()] * 5


class TestManyRows:
    def test_are_searched_in_a_sample_that_has_no_judged_row(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_ROWS_TO_SEARCH", 40)
        x, y = line(100)
        fold = np.where(np.arange(100) % 5 == 0, 0, -1)
        given = contest(x, y, folds=Folds(fold, 1))
        assert given.is_sampled
        sample = given._sample()
        assert len(sample) == len(set(sample.tolist())) == 40
        assert not np.intersect1d(sample, given.folds.judged).size
        (found,) = given.candidates((), False, CONSTANT)
        assert found.densities.means.shape == (20, 1)
        changed = y.copy()
        changed[given.folds.judged] += 3.0
        (other,) = contest(x, changed, folds=given.folds).candidates((), False, CONSTANT)
        assert other.densities.means.tolist() == found.densities.means.tolist()

    def test_get_a_fold_network_that_is_fitted_to_all_rows_outside(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_ROWS_TO_SEARCH", 40)
        x, y = line(100)
        fold = np.where(np.arange(100) % 5 == 0, 0, -1)
        given = contest(x, y, folds=Folds(fold, 1))
        (found,) = given.candidates((), False, CONSTANT)
        arch, outside = found.network.architecture, np.flatnonzero(fold < 0)
        objective = given.objective(arch, CONSTANT, outside).replace(decay=found.decay)
        theta = sn.train(
            found.network, x[outside], y[outside], decay=found.decay, reduction="sum", method="lm"
        ).network.theta
        expected = predictive_densities(
            sn.Network(arch, theta),
            x[fold == 0, None],
            CONSTANT,
            *noise_and_factor(objective, theta),
        )
        assert found.densities.means == pytest.approx(expected.means, abs=1e-6)
        assert found.densities.scales == pytest.approx(expected.scales, rel=1e-6)

    def test_have_a_network_that_is_as_good_as_those_that_are_judged(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On all rows, without any further training; that of the search knows only the sample."""
        monkeypatch.setattr(module, "MOST_ROWS_TO_SEARCH", 30)
        fitted: list[np.ndarray] = []
        whole = module.Contest._fits_of_folds

        def kept(*arguments: object) -> list[np.ndarray]:
            fitted[:] = whole(*arguments)
            return fitted

        monkeypatch.setattr(module.Contest, "_fits_of_folds", kept)
        x, y = wave(300, noise=0.3)
        fold = np.where(np.arange(300) % 2 == 0, np.arange(300) // 2 % 5, -1)
        given = contest(x, y, folds=Folds(fold, 5))
        found = given.candidates((3,), False, CONSTANT)[-1]
        objective = given.objective(found.network.architecture, CONSTANT).replace(decay=found.decay)
        assert objective.value(found.network.theta) == min(map(objective.value, fitted))
        sample = given.objective(found.network.architecture, CONSTANT, given._sample())
        at_sample = sample.replace(decay=found.decay).value_and_gradient(found.network.theta)[1]
        assert np.abs(at_sample).max() > 0.1


class TestClasses:
    def test_are_judged_by_probabilities(self) -> None:
        x, y = line(40)
        labels = (y > 0) * 1.0
        (found,) = contest(x, labels, **CLASSES).candidates((), False, None)
        p = found.densities.means[:, 0]
        assert ((p > 0) & (p < 1)).all()
        assert found.log_densities == pytest.approx(np.log(np.where(labels > 0, p, 1 - p)))

    def test_that_occur_in_one_fold_only_are_predicted_there_by_networks_that_do_not_know_them(
        self,
    ) -> None:
        x, _ = line(15)
        labels = np.eye(3)[np.r_[2, np.arange(14) % 2]]
        given = contest(x, labels, cost="cross_entropy", output="softmax")
        (found,) = given.candidates((), False, None)
        assert np.isfinite(found.log_densities).all()
        assert found.log_densities.argmin() == 0


class TestDistinct:
    def kept(self, *values: float, keep: int = 2, n_plain: int = 9) -> list[int]:
        class Facts:
            def __init__(self, value: float) -> None:
                self.log_evidence = value

        evidences = tuple(map(Facts, values))
        nothing = np.zeros((len(values), 1))
        # The Gauss-Newton matrix of start 0 was singular, so the search has the other starts.
        indices = tuple(range(1, len(values) + 1))
        search = EvidenceSearch(nothing, nothing, nothing, evidences, 1, True, False, indices)  # type: ignore[arg-type]
        return list(module._distinct(search, keep, n_plain))

    def test_ends_are_the_best_ones(self) -> None:
        assert self.kept(1.0, 3.0, 2.0) == [1, 2]
        assert self.kept(1.0, 3.0, 2.0, keep=1) == [1]

    def test_ends_of_the_same_optimum_count_once(self) -> None:
        assert self.kept(3.0, 3.04, 2.0, 2.99) == [1, 2]

    def test_ends_that_are_much_worse_are_left_out(self) -> None:
        assert self.kept(-30.0, 3.0) == [1]

    def test_spread_starts_count_only_if_they_are_better_than_all_others(self) -> None:
        assert self.kept(1.0, 3.0, 2.0, n_plain=3) == [1, 0]
        assert self.kept(1.0, 3.0, 3.04, n_plain=3) == [1, 0]
        assert self.kept(1.0, 3.0, 4.0, n_plain=3) == [2, 1]
        assert self.kept(1.0, 3.0, n_plain=1) == [1, 0]


class TestStarts:
    @pytest.mark.parametrize(
        ("rows", "expected"), [(30, 6), (2500, 6), (20_000, 6), (60_000, 4), (90_000, 3)]
    )
    def test_are_as_many_as_rows_times_weights_allow(self, rows: int, expected: int) -> None:
        assert contest(*line(5), starts=None).n_starts(rows, 4, (1,)) == expected

    def test_are_those_that_were_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole, begun = module.maximize_evidence, []

        def watched(objective, thetas, *arguments, **given):
            begun.append(len(thetas))
            return whole(objective, thetas, *arguments, **given)

        monkeypatch.setattr(module, "maximize_evidence", watched)
        contest(*wave(30), starts=3).candidates((1,), False, CONSTANT)
        assert begun[0] == 3

    def test_of_a_network_without_hidden_layer_are_one(self) -> None:
        (found,) = contest(*line(20), starts=3).candidates((), False, CONSTANT)
        assert len(found.search_facts["starts"]) == 1


class TestNetworksOfAnotherContest:
    def test_are_taken_over_if_its_folds_are_the_same(self) -> None:
        x, y = line(20)
        first, same = contest(x, y), contest(x, y)
        networks = first.candidates((), False, CONSTANT)
        assert first.candidates((), False, CONSTANT) == networks
        same.take_networks_of(first)
        assert same.candidates((), False, CONSTANT) == networks
        others = contest(x, y, folds=Folds(np.arange(20) % 2, 2))
        others.take_networks_of(first)
        assert others.candidates((), False, CONSTANT) != networks

    def test_are_not_taken_over_from_a_search_that_was_cut_short(self) -> None:
        x, y = line(20)
        first, second = contest(x, y), contest(x, y)
        networks = first.candidates((), False, CONSTANT)
        first.note_interrupt()
        second.take_networks_of(first)
        assert second.candidates((), False, CONSTANT) != networks


class TestCtrlC:
    def test_in_the_search_leaves_no_candidate(self) -> None:
        ctrl_c = CtrlC()
        given = contest(*wave(30), report_progress=ctrl_c, where=REPORTING)
        ctrl_c.press()
        assert given.candidates((2,), False, CONSTANT) == []
        assert given.interrupted

    def test_in_the_folds_leaves_the_candidates_that_are_judged(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ctrl_c = CtrlC()
        whole, calls = module.Contest._judged, []

        def pressed_in_the_second(self, *arguments):
            calls.append(1)
            if len(calls) == 2:
                ctrl_c.press()
            return whole(self, *arguments)

        monkeypatch.setattr(module, "_distinct", lambda *given: iter([0, 1]))
        monkeypatch.setattr(module.Contest, "_judged", pressed_in_the_second)
        given = contest(*wave(30), report_progress=ctrl_c, where=REPORTING)
        assert len(given.candidates((1,), False, CONSTANT)) == 1
        assert given.interrupted

    def test_between_two_fits_leaves_no_candidate(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def pressed(*arguments, **given):
            raise KeyboardInterrupt

        monkeypatch.setattr(module, "noise_and_factor", pressed)
        given = contest(*line(20))
        assert given.candidates((), False, CONSTANT) == []
        assert given.interrupted


def test_no_candidate_comes_from_a_matrix_that_is_singular(monkeypatch: pytest.MonkeyPatch) -> None:
    def singular(*arguments, **given):
        raise np.linalg.LinAlgError

    given = contest(*line(20))
    with monkeypatch.context() as patched:
        patched.setattr(module, "maximize_evidence", singular)
        assert given.candidates((), False, CONSTANT) == []
    monkeypatch.setattr(module, "noise_and_factor", singular)
    assert given.candidates((), False, CONSTANT) == []
    assert not given.interrupted
