"""The ensemble on problems whose best prediction is known: as good as it where it can be, and honest figures."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

import sheernet as sn
from contest_cases import CLASSES, REPORTING, CtrlC, contest, line, wave
from sheernet.statistics import ensemble as module
from sheernet.statistics.ensemble import (
    FEWEST_ROWS_FOR_KINDS,
    MOST_MEMBERS,
    SMALLEST_SHARE,
    Ensemble,
    best_ensemble,
    mean_and_deviation,
)
from sheernet.statistics.ensemble_candidates import Candidate, Contest
from sheernet.statistics.folds import Folds
from sheernet.statistics.network_densities import (
    ClassDensities,
    NumberDensities,
    predictive_densities,
)
from sheernet.statistics.noise_models import CONSTANT, HEAVY_TAILED, VARYING, NoiseKind
from sheernet.statistics.stacking import mixture_log_density, stacking_shares


def r2(found: Ensemble, y: np.ndarray) -> float:
    return 1.0 - float(np.sum((found.means[:, 0] - y) ** 2) / np.sum((y - y.mean()) ** 2))


def share_of(found: Ensemble, kind) -> float:
    own = [each.noise == kind for each in found.members]
    return float(found.shares[own].sum())


@pytest.fixture(scope="module")
def of_wave() -> tuple[Contest, Ensemble]:
    given = contest(*wave())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "KINDS", ())
        return given, best_ensemble(given, classes=False, hidden=(4,))


@pytest.fixture(scope="module")
def of_line() -> tuple[Contest, Ensemble]:
    given = contest(*line(), starts=1)
    return given, best_ensemble(given, classes=False)


class TestThePrediction:
    def test_of_a_line_is_as_good_as_the_linear_model(self, of_line) -> None:
        """The difference of the log densities is within its standard error."""
        _, found = of_line
        gain = found.log_densities - found.line.log_densities
        assert abs(gain.mean()) < 2.0 * gain.std() / np.sqrt(len(gain)) + 0.05

    def test_of_a_wave_is_much_better_than_the_linear_model(self, of_wave) -> None:
        given, found = of_wave
        y = given.y[:, 0]
        line_error = np.sum((found.line.densities.means[:, 0] - y) ** 2)
        assert np.sum((found.means[:, 0] - y) ** 2) < 0.2 * line_error
        assert found.log_densities.mean() > found.line.log_densities.mean() + 0.5

    def test_of_a_wave_knows_its_noise(self, of_wave) -> None:
        """0.1; a standard deviation of 60 rows has a standard error of 9 %."""
        _, found = of_wave
        assert 0.07 < np.median(found.deviations) < 0.16

    def test_of_noise_that_grows_has_members_that_say_so(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.uniform(-1.0, 1.0, size=100)
        y = x + np.exp(2.0 * x - 1.0) * rng.normal(size=100)
        found = best_ensemble(contest(x, y), classes=False, hidden=())
        assert share_of(found, VARYING) + share_of(found, HEAVY_TAILED) > 0.6
        right, left = found.deviations[x > 0.5].mean(), found.deviations[x < -0.5].mean()
        assert right > 3.0 * left  # 7.4

    def test_of_heavy_tails_has_members_that_say_so(self) -> None:
        rng = np.random.default_rng(1)
        x = rng.normal(size=100)
        y = x + 0.3 * rng.standard_t(2.0, size=100)
        found = best_ensemble(contest(x, y), classes=False, hidden=())
        assert share_of(found, HEAVY_TAILED) > 0.5

    def test_of_classes_is_better_than_their_frequencies(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.uniform(-2.0, 2.0, size=60)
        y = (np.abs(x) < 1.0) * 1.0
        found = best_ensemble(contest(x, y, **CLASSES), classes=True, hidden=(3,))
        assert np.mean((found.means[:, 0] > 0.5) == (y > 0.5)) > 0.85
        assert found.deviations.size == 0
        assert found.spread < 1.0  # no row is in a class by chance
        assert {each.noise for each in found.members} == {None}


class TestTheFigures:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "KINDS", ())

    def test_of_pure_noise_are_not_above_0(self) -> None:
        """R^2 of rows out of their fold, mean of 6 tables: at most 0 within its standard error."""
        found = []
        for seed in range(6):
            rng = np.random.default_rng(seed)
            X, y = rng.normal(size=(40, 2)), rng.normal(size=40)
            given = contest(X, y, starts=1, folds=Folds.of(40, seed))
            found.append(r2(best_ensemble(given, classes=False, hidden=(2,)), y))
        assert np.mean(found) < np.std(found, ddof=1) / np.sqrt(len(found))

    def test_agree_with_those_of_new_rows(self) -> None:
        """Log densities and squared errors of 8 tables of a wave, and of 500 new rows each, by the same members."""
        differences = []
        for seed in range(8):
            x, y = wave(50, noise=0.3, seed=seed)
            new_x, new_y = wave(500, noise=0.3, seed=seed + 100)
            given = contest(x, y, starts=1, folds=Folds.of(50, seed))
            found = best_ensemble(given, classes=False, hidden=(3,))
            mean, log_density = on_new_rows(given, found, new_x, new_y)
            differences.append(
                [
                    np.mean((found.means[:, 0] - y) ** 2) - np.mean((mean - new_y) ** 2),
                    found.log_densities.mean() - log_density.mean(),
                ]
            )
        differences = np.array(differences)
        errors = differences.std(axis=0, ddof=1) / np.sqrt(len(differences))
        optimism = differences.mean(axis=0) * [-1.0, 1.0]
        assert (optimism < 2.0 * errors).all()
        assert (optimism > -3.0 * errors).all()


def on_new_rows(
    given: Contest, found: Ensemble, x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Means and log densities of new rows by the members at their optima of all rows."""
    from sheernet.statistics.laplace import noise_and_factor

    densities = []
    for each in found.members:
        objective = given.objective(each.network.architecture, each.noise)
        objective = objective.replace(decay=each.decay)
        uncertainty = noise_and_factor(objective, each.network.theta)
        densities.append(predictive_densities(each.network, x[:, None], each.noise, *uncertainty))
    logs = np.stack([each.log(y[:, None], found.spread) for each in densities], axis=1)
    mean, _ = mean_and_deviation(densities, found.shares, found.spread)
    return mean[:, 0], mixture_log_density(logs, found.shares)


class TestTheSearch:
    def test_stops_growing_without_gain(self, of_line) -> None:
        """After the sizes that are always tried; two layers are not tried."""
        _, found = of_line
        assert list(found.tried) == ["0", *map(str, module.SIZES[: module.ALWAYS_TRIED])]

    def test_ends_with_two_layers_of_the_best_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        counted = PressedAt(0, monkeypatch)
        rng = np.random.default_rng(0)
        X = rng.uniform(-1.5, 1.5, size=(250, 2))
        y = np.sin(2.0 * X[:, 0] + np.sin(2.0 * X[:, 1])) + 0.1 * rng.normal(size=250)
        found = best_ensemble(contest(X, y, starts=1), False, kinds_of_noise=False)
        *_, (units, same), by_input = *found.tried, *counted.calls[-1][:2]
        assert list(found.tried)[-1] == f"{units},{same}"
        assert units == same
        assert str(units) in found.tried
        assert by_input
        assert (units, units) in {each.hidden for each in found.members}

    def test_with_given_units_takes_networks_of_these(self, of_wave) -> None:
        _, found = of_wave
        assert {each.hidden for each in found.members} == {(4,)}
        assert list(found.tried) == ["4"]
        assert found.line.hidden == ()

    def test_with_no_hidden_layer_takes_linear_models(self) -> None:
        """Of two inputs also one with a decay for each."""
        rng = np.random.default_rng(0)
        X = rng.normal(size=(40, 2))
        found = best_ensemble(
            contest(X, X[:, 0] + 0.3 * rng.normal(size=40)), classes=False, hidden=()
        )
        assert {each.hidden for each in found.members} == {()}
        assert {each.by_input for each in found.members} == {False, True}
        assert list(found.tried) == ["0"]
        plain = [each for each in found.members if each.noise is CONSTANT]
        evidences = [each.evidence.log_evidence for each in plain]
        assert evidences[0] != evidences[1]
        assert found.tried["0"].log_evidence == max(evidences)
        highest = max(each.log_densities.mean() for each in plain)
        assert found.tried["0"].log_density == pytest.approx(highest, rel=1e-12)

    @pytest.mark.parametrize(
        ("rows", "kinds"),
        [
            (FEWEST_ROWS_FOR_KINDS - 1, [CONSTANT]),
            (FEWEST_ROWS_FOR_KINDS, [CONSTANT, VARYING, HEAVY_TAILED]),
        ],
    )
    def test_does_not_try_kinds_of_noise_on_few_rows(
        self, rows: int, kinds: list, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = PressedAt(0, monkeypatch)
        best_ensemble(contest(*line(rows)), False, ())
        assert [noise for _hidden, _by_input, noise in counted.calls] == kinds

    @pytest.mark.parametrize(("most", "tried"), [(17, set()), (18, {VARYING, HEAVY_TAILED})])
    def test_tries_kinds_of_noise_only_if_a_model_keeps_their_uncertainty(
        self, most: int, tried: set, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """4 units of one input have 13 weights, and 18 with a second output."""
        monkeypatch.setattr(module, "MOST_WEIGHTS", most)
        assert self.kinds_tried(VARYING, monkeypatch) == tried

    @pytest.mark.parametrize("kind", [CONSTANT, VARYING, HEAVY_TAILED])
    def test_tries_the_kinds_of_noise_that_the_residuals_have(
        self, kind: NoiseKind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tried = self.kinds_tried(kind, monkeypatch)
        assert kind in tried or kind is CONSTANT
        assert not tried or kind is not CONSTANT

    def kinds_tried(self, kind: NoiseKind, monkeypatch: pytest.MonkeyPatch) -> set:
        """Kinds of noise other than constant of networks of 4 units, for a wave with noise of some kind."""
        rng = np.random.default_rng(0)
        x = rng.uniform(-2.0, 2.0, size=150)
        noise = {
            CONSTANT: rng.normal(size=150),
            VARYING: np.exp(x) * rng.normal(size=150),
            HEAVY_TAILED: rng.standard_t(1.5, size=150),
        }[kind]
        counted = PressedAt(0, monkeypatch)
        given = contest(x, np.sin(2.0 * x) + 0.1 * noise, starts=1, transforms=False)
        best_ensemble(given, False, (4,))
        return {noise for hidden, _by_input, noise in counted.calls if hidden} - {CONSTANT}

    def test_has_shares_that_are_worth_it(self, of_wave) -> None:
        _, found = of_wave
        assert 1 <= len(found.members) <= MOST_MEMBERS
        assert found.shares.sum() == pytest.approx(1.0)
        assert found.shares.min() >= SMALLEST_SHARE

    def test_gives_the_same_bits_for_the_same_seed(self, of_line) -> None:
        _, found = of_line
        again = best_ensemble(contest(*line(), starts=1), classes=False)
        assert again.shares.tolist() == found.shares.tolist()
        assert again.means.tolist() == found.means.tolist()
        for one, other in zip(found.members, again.members, strict=True):
            assert one.network.theta.tolist() == other.network.theta.tolist()
            assert one.decay.tolist() == other.decay.tolist()

    @pytest.mark.parametrize("hidden", [(), (3,), None])
    @pytest.mark.parametrize("classes", [False, True])
    def test_refuses_two_rows_with_a_way_out(self, hidden, classes: bool) -> None:
        given = contest(np.arange(2.0), np.arange(2.0), **(CLASSES if classes else {}))
        with pytest.raises(sn.InvalidInput, match=r"from these 2 rows.* such as decay=0.0001"):
            best_ensemble(given, classes, hidden)

    @pytest.mark.parametrize("hidden", [(), (3,), None])
    def test_refuses_rows_whose_networks_are_all_singular(
        self, hidden, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Contest, "candidates", lambda *arguments, **given: [])
        with pytest.raises(sn.InvalidInput, match="give more rows, or the decay as a number"):
            best_ensemble(contest(*line(20)), False, hidden)


def candidate(rows: int, mean: float, scale: float, y: np.ndarray, noise=CONSTANT) -> Candidate:
    """A candidate that says the same of each row."""
    densities = NumberDensities(np.full((rows, 1), mean), np.full((rows, 1), scale))
    network = sn.Network.random(sn.Architecture((1, noise.outputs_per_target)))
    nothing = np.zeros(network.theta.size)
    return Candidate(
        network, False, noise, nothing, None, {}, densities, densities.log(y[:, None])  # type: ignore[arg-type]
    )  # fmt: skip


class TestTheMembers:
    """Of candidates that are known; 100 rows of the standard normal distribution."""

    y = np.random.default_rng(0).normal(size=100)

    def stacked(self, *found: Candidate) -> Ensemble:
        given = contest(np.zeros(100), self.y)
        return module._stacked(given, list(found), found[0], {}, "")

    def test_with_small_shares_are_left_out(self) -> None:
        good = candidate(100, 0.0, 1.0, self.y)
        bad = [candidate(100, 50.0 + k, 1.0, self.y) for k in range(3)]
        found = self.stacked(good, *bad)
        assert found.members == (good,)
        assert found.shares.tolist() == [1.0]

    def test_are_at_most_so_many(self) -> None:
        same = [candidate(100, 0.0, 1.0, self.y) for _ in range(MOST_MEMBERS + 3)]
        assert len(self.stacked(*same).members) == MOST_MEMBERS

    def test_of_another_kind_of_noise_are_left_out_if_their_mean_is_worse(self) -> None:
        """The scale of the first is far too large, so the second has all shares but a mean that is off by 1."""
        wide = candidate(100, 0.0, 30.0, self.y)
        off = candidate(100, 1.0, 1.5, self.y, VARYING)
        near = candidate(100, 0.0, 1.5, self.y, VARYING)
        assert self.stacked(wide, off).members == (wide,)
        assert near in self.stacked(wide, near).members

    def test_of_another_kind_of_noise_have_the_part_that_their_mean_allows(self) -> None:
        """A mean that is off by 0.5 adds a quarter to the squared error, half of it a sixteenth."""
        wide = candidate(100, 0.0, 30.0, self.y)
        off = candidate(100, 0.5, 1.1, self.y, VARYING)
        found = self.stacked(wide, off)
        assert found.members == (off, wide) or found.members == (wide, off)
        limit = module.WORSE * np.mean(self.y**2)
        assert np.mean((self.y - found.means[:, 0]) ** 2) <= limit * 1.02
        alone = module._Mixture.of((1.0, [wide, off])).squared_error(self.y[:, None], np.ones(100))
        assert alone / 100 > limit

    def test_have_means_that_are_as_good_as_those_of_the_line(self) -> None:
        """The first is the line; its scale is far too large, so the density alone would prefer the third."""
        line = candidate(100, 0.0, 30.0, self.y)
        off = candidate(100, 0.5, 1.1, self.y)
        almost = candidate(100, 0.05, 20.0, self.y)
        assert self.stacked(line, almost, off).members in ((line, almost), (almost, line))
        given = contest(np.zeros(100), self.y)
        asked = module._stacked(given, [off], line, {}, "")  # a size that was given
        assert asked.members == (line,)
        asked = module._stacked(given, [almost], line, {}, "")
        assert asked.members == (almost,)

    @pytest.mark.parametrize("scale", [0.8, 1.0, 1.6])
    def test_have_a_spread_that_mends_their_scale(self, scale: float) -> None:
        """The maximum of a normal likelihood: rms of y / scale; the grid has steps of 2 %."""
        found = self.stacked(candidate(100, 0.0, scale, self.y))
        expected = np.sqrt(np.mean(self.y**2)) / scale
        assert found.spread == pytest.approx(expected, rel=0.011)

    @pytest.mark.parametrize("n_folds", [5, 1])
    def test_are_judged_by_shares_that_were_chosen_without_the_fold(self, n_folds: int) -> None:
        """Of a single fold, by those that were chosen on its other half: every second row."""
        folds = Folds.of(100, seed=0) if n_folds == 5 else Folds(np.zeros(100, dtype=np.intp), 1)
        given = contest(np.zeros(100), self.y, folds=folds)
        members = [candidate(100, mean, scale, self.y) for mean, scale in ((0.0, 1.0), (0.9, 2.0))]
        found = module._stacked(given, members, members[0], {}, False)
        parts = folds.fold_of_row if n_folds == 5 else np.arange(100) % 2
        logs = np.stack([each.log_densities for each in members], axis=1)
        spread = np.stack([each.densities.log(given.y, found.spread) for each in members], axis=1)
        seen = set()
        for part in set(parts.tolist()):
            own = parts == part
            shares = stacking_shares(logs[~own])
            assert found.means[own, 0] == pytest.approx(np.full(own.sum(), 0.9 * shares[1]))
            expected = mixture_log_density(spread, shares)[own]
            assert found.log_densities[own] == pytest.approx(expected)
            seen.add(shares[1].round(6))
        assert len(seen) > 1  # else the test would see nothing

    def test_of_equal_quality_have_the_mean_and_variance_of_a_mixture(self) -> None:
        """Means -1 and 2, scales 0.5 and 1, shares 0.3 and 0.7, spread 2: by the law of total variance."""
        parts = [
            NumberDensities(np.full((1, 1), -1.0), np.full((1, 1), 0.5)),
            NumberDensities(np.full((1, 1), 2.0), np.full((1, 1), 1.0), 4.0),
        ]
        mean, deviation = mean_and_deviation(parts, np.array([0.3, 0.7]), 2.0)
        within = 0.3 * stats.norm(scale=1.0).var() + 0.7 * stats.t(4, scale=2.0).var()
        between = 0.3 * 0.7 * 9.0
        assert mean[0, 0] == pytest.approx(1.1)
        assert deviation[0, 0] ** 2 == pytest.approx(within + between)


class TestTheTemperature:
    """Of fold predictions p whose classes follow p^(1/t), normalized: near t, drawn toward 1 where rows are few."""

    @pytest.mark.parametrize("temperature", [0.6, 1.0, 1.5])
    def test_of_many_rows_is_that_of_their_classes(self, temperature: float) -> None:
        found, spread = self.chosen(4000, temperature)
        totals = [
            found.densities.log(self.y, t).sum() for t in (0.9 * spread, spread, 1.1 * spread)
        ]
        assert spread == pytest.approx(temperature, rel=0.1)
        assert max(totals) == totals[1]

    def test_of_few_rows_is_nearer_to_one(self) -> None:
        _, spread = self.chosen(10, 0.1)
        found = Folded(np.full((10, 1), 0.6)).densities
        # 10 rows of the probable class: the likelihood alone is highest at the lowest temperature.
        alone = [found.log(np.ones((10, 1)), t).sum() for t in module.TEMPERATURES]
        assert int(np.argmax(alone)) == 0
        assert module.TEMPERATURES[0] < spread < 1.0

    def chosen(self, n_rows: int, temperature: float) -> tuple[Folded, float]:
        rng = np.random.default_rng(0)
        p = np.full((n_rows, 1), 0.6) if n_rows == 10 else rng.uniform(0.05, 0.95, size=(n_rows, 1))
        true = 1.0 / (1.0 + ((1.0 - p) / p) ** (1.0 / temperature))
        self.y = np.ones((n_rows, 1)) if n_rows == 10 else (rng.random((n_rows, 1)) < true) * 1.0
        found = Folded(p)
        return found, module._spread([found], np.ones(1), self.y, np.ones(n_rows))


class Folded:
    """What `_spread` needs of a candidate for classes."""

    def __init__(self, probabilities: np.ndarray) -> None:
        self.densities = ClassDensities(probabilities)


class PressedAt(CtrlC):
    """Ctrl-C in the first fit of the n-th call of `Contest.candidates`."""

    def __init__(self, call: int, monkeypatch: pytest.MonkeyPatch) -> None:
        whole, self.calls = Contest.candidates, []

        def counted(contest, *arguments, **given):
            self.calls.append(arguments)
            if len(self.calls) == call:
                self.press()
            return whole(contest, *arguments, **given)

        monkeypatch.setattr(Contest, "candidates", counted)


def two_inputs(rows: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 2))
    return X, X[:, 0] + 0.3 * rng.normal(size=rows)


class TestCtrlC:
    """Calls of a search with two inputs: linear 1, by input 2; 4 units 3, by input 4; ...; kinds of noise."""

    @pytest.mark.parametrize("call", [2, 3, 4])
    def test_leaves_the_candidates_before_it(
        self, call: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pressed = PressedAt(call, monkeypatch)
        given = contest(*two_inputs(), starts=1, report_progress=pressed, where=REPORTING)
        found = best_ensemble(given, classes=False)
        assert found.cut == "interrupted"
        assert len(pressed.calls) == call
        assert len(found.members) >= 1
        assert np.isfinite(found.means).all()

    @pytest.mark.parametrize("call", [2, 3])
    def test_in_kinds_of_noise_leaves_the_network(
        self, call: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without hidden layer and with one input: linear 1, varying 2, heavy-tailed 3."""
        pressed = PressedAt(call, monkeypatch)
        found = best_ensemble(
            contest(*line(30), report_progress=pressed, where=REPORTING), False, ()
        )
        assert found.cut == "interrupted"
        assert len(pressed.calls) == call

    @pytest.mark.parametrize(("call", "hidden"), [(1, None), (1, ()), (2, (3,))])
    def test_before_there_is_a_network_is_passed_on(
        self, call: int, hidden, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given = contest(*line(30), report_progress=PressedAt(call, monkeypatch), where=REPORTING)
        with pytest.raises(KeyboardInterrupt):
            best_ensemble(given, False, hidden)

    def test_was_not_pressed_otherwise(self, of_wave) -> None:
        assert not of_wave[1].cut


class TestTheTimeLimit:
    def test_of_0_leaves_the_first_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for hidden, calls in ((None, 1), ((), 1), ((2,), 2)):
            with monkeypatch.context() as patched:
                counted = PressedAt(0, patched)
                found = best_ensemble(contest(*two_inputs(), ends=0.0), False, hidden)
                assert len(counted.calls) == calls
            assert found.cut == "time_limit"
            assert {each.hidden for each in found.members} <= {(), hidden or ()}

    def test_ends_between_kinds_of_noise(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = [0.0]
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        whole = Contest.candidates
        kinds = []

        def slow(self, hidden, by_input, noise, **given):
            now[0] += 1.0
            kinds.append(noise)
            return whole(self, hidden, by_input, noise, **given)

        monkeypatch.setattr(Contest, "candidates", slow)
        best_ensemble(contest(*line(30), ends=2.0), False, ())
        assert kinds == [CONSTANT, VARYING]


def test_case_weights_count_rows_in_the_shares() -> None:
    """Folds of repeated rows are others, but shares and spread of given candidates are the same."""
    y = np.random.default_rng(0).normal(size=60)
    repeats = 1 + np.arange(60) % 3
    candidates = [(0.0, 1.0), (0.5, 2.0), (-1.0, 0.7)]
    found = []
    for values, weights in ((y, repeats.astype(float)), (np.repeat(y, repeats), None)):
        given = contest(np.zeros(len(values)), values, weights)
        members = [candidate(len(values), mean, scale, values) for mean, scale in candidates]
        found.append(module._stacked(given, members, members[0], {}, False))
    one, other = found
    assert one.shares == pytest.approx(other.shares, abs=1e-9)
    assert one.spread == other.spread


@pytest.mark.parametrize(
    "name",
    [
        "exact line", "three values", "constant in a fold", "the same input twice", "three rows", "five rows",
        "an outlier", "more inputs than rows", "two targets",
    ],
)  # fmt: skip
def test_no_table_is_too_odd(name: str) -> None:
    """No error, no warning, finite predictions and densities."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=30)
    once = np.zeros(30)
    once[3] = 1.0
    outlier = x.copy()
    outlier[0] = 1e6
    X, y = {
        "exact line": (x, 2.0 * x),
        "three values": (x, np.digitize(x, [-0.5, 0.5]).astype(float)),
        "constant in a fold": (np.column_stack([x, once]), x + 0.1 * rng.normal(size=30)),
        "the same input twice": (np.column_stack([x, x]), x + 0.1 * rng.normal(size=30)),
        "three rows": (x[:3], x[:3] + 0.1),
        "five rows": (x[:5], rng.normal(size=5)),
        "an outlier": (x, outlier / outlier.std()),
        "more inputs than rows": (rng.normal(size=(12, 20)), x[:12]),
        "two targets": (x, np.column_stack([x, rng.normal(size=30)])),
    }[name]
    found = best_ensemble(contest(X, y, starts=1, ends=0.0), False, (1,))  # no other kinds of noise
    for values in (found.means, found.deviations, found.log_densities, found.shares):
        assert np.isfinite(values).all()
