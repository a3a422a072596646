/**
 * Evaluate the current network on the rows of another table.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").TestResult} TestResult
 */
import { AgreementChart } from "./agreement.js";
import { html, setText } from "./dom.js";
import { Latest } from "./latest.js";

/** @param {Host} host */
export function render({ model, el }) {
  const sentence = html("p", { "aria-live": "polite" });
  const place = html("div", { hidden: true });
  const chart = new AgreementChart(place, "Predicted against true values of this file");
  const file = html("input", { type: "file", accept: ".csv,.tsv,.txt", onchange: () => judge() });
  const latest = new Latest(
    async (/** @type {File} */ chosen) =>
      model.send({ command: "test", text: await chosen.text(), name: chosen.name }),
    (answer) => show(answer),
  );
  const judge = () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    setText(sentence, "Reading ...");
    latest.put(chosen);
    file.value = ""; // the same file may be chosen again
  };
  const show = (/** @type {import("./model.js").Answer} */ answer) => {
    const result = /** @type {TestResult | null} */ (answer.result);
    setText(sentence, result?.sentence ?? answer.error);
    place.hidden = !result;
    if (result) {
      chart.update([{ ...result.agreement, share: "test" }], model.get("state")?.data.classes ?? []);
      chart.axes.resize();
      chart.draw();
    }
  };
  el.append(
    html("p", {}, "A table with the same columns that was not used for training, as CSV. Nothing is learned from it."),
    html("div", { class: "bar" }, html("label", {}, "Test on ", file)),
    sentence,
    place,
  );
}
