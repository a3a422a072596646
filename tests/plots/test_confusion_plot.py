"""Plots of confusion matrices."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.data.targets.judgment import ClassificationFit
from sheernet.plots.confusion_plot import (
    MOST_NAMED,
    MOST_WITH_COUNTS,
    MOST_WITH_SHARES,
    ConfusionMatrix,
    with_most_errors,
)


def fit_of(counts) -> ClassificationFit:
    table = np.array(counts)
    total = table.sum()
    return ClassificationFit(
        rows=int(np.ceil(total)),
        accuracy=float(np.trace(table) / total),
        log_loss=0.5,
        majority=float(table.sum(axis=1).max() / total),
        confusion=tuple(map(tuple, table.tolist())),
    )


def random_fit(n_classes: int, rows: int = 2000) -> ClassificationFit:
    rng = np.random.default_rng(0)
    true = rng.integers(0, n_classes, rows)
    predicted = np.where(rng.random(rows) < 0.8, true, rng.integers(0, n_classes, rows))
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (true, predicted), 1)
    return fit_of(counts)


class TestMatrix:
    @given(st.integers(2, 6), st.data())
    def test_shares_of_a_true_class_add_up_to_1(self, n, data) -> None:
        counts = data.draw(
            st.lists(
                st.lists(st.integers(0, 99), min_size=n, max_size=n), min_size=n, max_size=n
            ).filter(lambda table: sum(map(sum, table)) > 0)
        )
        shares = ConfusionMatrix.of(fit_of(counts), range(n)).shares
        occurs = np.array(counts).sum(axis=1) > 0
        assert np.allclose(shares[occurs].sum(axis=1), 1.0)
        assert np.isnan(shares[~occurs]).all()

    def test_cells_have_numbers_and_shares(self) -> None:
        texts = ConfusionMatrix.of(fit_of([[3, 1], [0, 0]]), ("no", "yes")).texts
        assert texts == (("3\n75 %", "1\n25 %"), ("0", "0"))

    def test_a_share_that_is_not_0_or_1_is_not_called_so(self) -> None:
        texts = ConfusionMatrix.of(fit_of([[999, 1], [0, 5]]), ("no", "yes")).texts
        assert texts == (("999\n> 99 %", "1\n< 1 %"), ("0\n0 %", "5\n100 %"))

    def test_sums_of_weights_are_short(self) -> None:
        texts = ConfusionMatrix.of(fit_of([[2.25, 1.0], [1e9, 7.0]]), ("no", "yes")).texts
        assert [cell.split("\n")[0] for row in texts for cell in row] == ["2.25", "1", "1e+09", "7"]

    @pytest.mark.parametrize(
        ("n", "example"),
        [(MOST_WITH_SHARES, True), (MOST_WITH_SHARES + 1, False), (MOST_WITH_COUNTS, False)],
    )
    def test_shares_give_way_first(self, n, example) -> None:
        texts = ConfusionMatrix.of(random_fit(n), range(n)).texts
        assert ("%" in texts[0][0]) is example
        assert texts[0][0]

    def test_then_numbers_give_way(self) -> None:
        n = MOST_WITH_COUNTS + 1
        assert {
            text for row in ConfusionMatrix.of(random_fit(n), range(n)).texts for text in row
        } == {""}

    def test_the_title_compares_with_the_majority_class(self) -> None:
        title = ConfusionMatrix.of(fit_of([[6, 1], [1, 2]]), (False, True), "held-out row").title
        assert title == "10 held-out rows: accuracy 80.0 %\nmajority class: 70.0 %"


class TestPicture:
    def test_true_classes_go_down_and_predicted_ones_across(self) -> None:
        ax = sn.plots.confusion(fit_of([[3, 1], [0, 4]]), classes=("no", "yes"))
        assert [label.get_text() for label in ax.get_yticklabels()] == ["no", "yes"]
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
        at = {text.get_position(): text.get_text() for text in ax.texts}
        assert at[1, 0] == "1\n25 %"
        assert ax.images[0].get_array().tolist() == [[0.75, 0.25], [0.0, 1.0]]

    def test_text_is_white_on_dark_cells_only(self) -> None:
        ax = sn.plots.confusion(fit_of([[9, 1], [5, 5]]), classes=("no", "yes"))
        assert [text.get_color() for text in ax.texts] == ["white", "black", "black", "black"]

    def test_training_and_held_out_rows_have_a_panel_each(self, tmp_path) -> None:
        ax = sn.plots.confusion(
            fit_of([[3, 1], [0, 4]]), classes=("a", "b"), held_out=fit_of([[1, 0], [0, 1]])
        )
        left, right, bar = ax.figure.axes
        assert ax is left
        assert left.get_title().startswith("8 training rows: accuracy 87.5 %")
        assert right.get_title().startswith("2 held-out rows: accuracy 100.0 %")
        assert bar.get_ylabel() == "share of the rows of a true class"

    @pytest.mark.parametrize("n", [2, 8, 30, 135])
    @pytest.mark.parametrize("name", ["a very long name of class", "c"])
    def test_nothing_is_cut_off(self, n, name) -> None:
        names = [f"{name} {i}" for i in range(n)]
        figure = sn.plots.confusion(
            random_fit(n), classes=names, held_out=random_fit(n, 500)
        ).figure
        figure.draw_without_rendering()
        for ax in figure.axes:
            box = ax.get_tightbbox()
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
            assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1

    @pytest.mark.parametrize("n", [2, 3, 135])
    def test_the_titles_of_two_panels_do_not_overlap(self, n) -> None:
        fits = random_fit(n, 1_234_567), random_fit(n, 1_000_000)
        figure = sn.plots.confusion(fits[0], classes=range(n), held_out=fits[1]).figure
        figure.draw_without_rendering()
        left, right = (ax.title.get_window_extent() for ax in figure.axes[:2])
        assert left.x1 < right.x0

    def test_of_very_many_classes_some_are_named(self) -> None:
        ax = sn.plots.confusion(random_fit(100), classes=range(100), most_classes=100)
        assert len(ax.get_xticks()) <= MOST_NAMED
        assert [label.get_text() for label in ax.get_xticklabels()][:2] == ["0", "3"]


def a_table(n: int, seed: int) -> dict[str, np.ndarray]:
    x = np.linspace(-n, n, n) / 30.0  # 50 rows are in the range of 60
    noise = np.random.default_rng(seed).normal(size=n)
    return {"x": x, "kind": np.where(x + noise > 0, "b", "a")}


@cache
def model(**options: object) -> sn.Model:
    return sn.fit(a_table(60, 3), "kind", hidden=0, decay=1e-2, starts=1, **options)


class TestRowsOfAModel:
    def test_another_table_is_counted(self) -> None:
        table = a_table(50, 4)
        predicted = model().predict(table)
        counts = [
            f"{np.sum((table['kind'] == true) & (predicted == chosen))}"
            for true in "ab"
            for chosen in "ab"
        ]
        for rows in (table, ({"x": table["x"]}, table["kind"])):
            ax = sn.plots.confusion(model(), rows)
            assert [text.get_text().split("\n")[0] for text in ax.texts] == counts
            assert ax.get_title().startswith(
                f"50 rows: accuracy {100 * model().score(table):.1f} %"
            )
            assert len(ax.figure.axes) == 2  # the matrix and its color bar

    def test_swapped_labels_are_wrong(self) -> None:
        table = a_table(50, 4)
        swapped = {**table, "kind": np.where(table["kind"] == "a", "b", "a")}
        ax = sn.plots.confusion(model(), swapped)
        assert f"accuracy {100 - 100 * model().score(table):.1f} %" in ax.get_title()

    def test_the_table_of_the_fit_has_the_panels_of_the_model(self) -> None:
        titles = [
            [panel.get_title() for panel in ax.figure.axes[:2]]
            for ax in (sn.plots.confusion(model(), a_table(60, 3)), sn.plots.confusion(model()))
        ]
        assert titles[0] == titles[1]
        assert titles[0][1].startswith("15 held-out rows")

    def test_rows_left_out_in_folds_are_named_without_overlap(self) -> None:
        folds = sn.fit(a_table(60, 3), "kind", hidden=0, starts=1)
        figure = sn.plots.confusion(folds, a_table(60, 3)).figure
        figure.draw_without_rendering()
        assert figure.axes[1].get_title().startswith("60 rows left out in 5 folds")
        left, right = (ax.title.get_window_extent() for ax in figure.axes[:2])
        assert left.x1 < right.x0
        assert right.x1 < figure.bbox.x1


class TestManyClasses:
    """Those with the most errors are shown; the others share a row and a column, so that no row is lost."""

    @given(st.integers(2, 9), st.integers(1, 8), st.integers(0, 99))
    def test_all_rows_and_all_errors_of_the_shown_are_counted(self, n, most, seed) -> None:
        counts = np.random.default_rng(seed).integers(0, 9, size=(n, n)) + np.eye(n, dtype=int)
        own = with_most_errors(fit_of(counts), most)
        matrix = ConfusionMatrix.of(fit_of(counts), range(n), own=own)
        assert matrix.counts.sum() == counts.sum()
        k = len(own)
        assert matrix.counts[:k, :k].tolist() == counts[np.ix_(own, own)].tolist()
        assert matrix.counts.sum(axis=1)[:k].tolist() == counts.sum(axis=1)[own].tolist()
        assert matrix.counts.sum(axis=0)[:k].tolist() == counts.sum(axis=0)[own].tolist()
        errors = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
        assert min(errors[own]) >= max(np.delete(errors, own), default=0)

    def test_the_picture_says_how_many_are_left_out(self) -> None:
        ax = sn.plots.confusion(random_fit(135), classes=range(135))
        assert "the 20 of 135 classes with the most errors" in ax.get_title()
        assert ax.get_yticklabels()[-1].get_text() == "115 others"
        assert all(text.get_fontsize() >= 7.5 for text in ax.texts)
        assert len(ax.texts) > 21

    def test_one_class_more_is_shown_instead_of_a_group_of_one(self) -> None:
        ax = sn.plots.confusion(random_fit(21), classes=range(21))
        assert len(ax.get_yticks()) == 21
        assert "most errors" not in ax.get_title()

    def test_others_predicted_as_others_are_neither_right_nor_wrong(self) -> None:
        matrix = ConfusionMatrix.of(random_fit(30), range(30), own=[3, 4])
        assert np.isnan(matrix.shares[-1, -1])
        assert np.isfinite(matrix.shares[-1, :-1]).all()

    def test_a_class_without_rows_is_gray_and_explained(self) -> None:
        ax = sn.plots.confusion(fit_of([[3, 1], [0, 0]]), classes=("no", "yes"))
        assert ax.get_ylabel() == "true class (gray: without rows)"


class TestRefused:
    def test_what_has_no_classes(self) -> None:
        with pytest.raises(
            sn.InvalidInput, match="model that predicts classes, but list was given"
        ):
            sn.plots.confusion([[3, 1], [0, 4]], classes=("a", "b"))
        with pytest.raises(sn.InvalidInput, match=r"classes is missing.*targets\.classes"):
            sn.plots.confusion(fit_of([[3, 1], [0, 4]]))

    def test_rows_without_a_model(self) -> None:
        with pytest.raises(sn.InvalidInput, match="rows can be given with a model"):
            sn.plots.confusion(fit_of([[3, 1], [0, 4]]), ("a", "b"))

    @pytest.mark.parametrize("name", ["classes", "held_out"])
    def test_arguments_that_a_model_has(self, name) -> None:
        with pytest.raises(sn.InvalidInput, match=f"but {name} was given with a model; omit it"):
            sn.plots.confusion(model(), **{name: a_table(50, 4)})

    @pytest.mark.parametrize("most", [0, 2.5, "all"])
    def test_a_limit_that_is_no_number_of_classes(self, most) -> None:
        with pytest.raises(
            sn.InvalidInput, match="most_classes must be a whole number of at least 1"
        ):
            sn.plots.confusion(fit_of([[3, 1], [0, 4]]), classes="ab", most_classes=most)

    def test_classes_that_do_not_fit(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"matrix has shape \(2, 2\) but 3 classes were given"
        ):
            sn.plots.confusion(fit_of([[3, 1], [0, 4]]), classes=("a", "b", "c"))

    def test_two_matrices_on_one_ax(self) -> None:
        fit = fit_of([[3, 1], [0, 4]])
        with pytest.raises(sn.ShapeMismatch, match="room for one confusion matrix but there are 2"):
            sn.plots.confusion(fit, classes=("a", "b"), held_out=fit, ax=Figure().add_subplot())
