/**
 * Measures of the predictions of each share, as a table.
 *
 * @typedef {import("./model.js").Host} Host
 */
import { dataTable } from "./dom.js";
import { follow } from "./model.js";
import { shown } from "./numbers.js";

/** @param {Host} host */
export function render({ model, el }) {
  follow(model, ["frame"], () => {
    const figures = model.get("frame")?.figures ?? [];
    const classes = figures.some((part) => part.accuracy !== null);
    const headings = classes ? ["share", "rows", "accuracy", "log loss"] : ["share", "rows", "R²", "RMSE"];
    const rows = figures.map((part) => {
      const values = classes ? [part.accuracy, part.log_loss] : [part.r2, part.rmse];
      return [part.share, part.n, ...values.map((value) => shown(value))];
    });
    el.replaceChildren(...(rows.length ? [dataTable("Predictions of all rows", headings, rows)] : []));
  });
}
