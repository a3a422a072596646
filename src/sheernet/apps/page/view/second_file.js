/**
 * Evaluate the current network on the rows of another table.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").TestResult} TestResult
 */
import { AgreementChart } from "./agreement.js";
import { html, setText } from "./dom.js";

/** @param {Host} host */
export function render({ model, el }) {
  const sentence = html("p", { "aria-live": "polite" });
  const place = html("div", { hidden: true });
  const chart = new AgreementChart(place, "Predicted against true values of this file");
  const file = html("input", { type: "file", accept: ".csv,.tsv,.txt", onchange: () => judge() });
  const judge = async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    setText(sentence, "Reading ...");
    const answer = await model.send({ command: "test", text: await chosen.text(), name: chosen.name });
    const result = /** @type {TestResult | null} */ (answer.result);
    setText(sentence, result?.sentence ?? answer.error);
    place.hidden = !result;
    if (result) {
      chart.update([{ ...result.agreement, share: "test" }], model.get("state")?.data.classes ?? []);
      chart.axes.resize();
      chart.draw();
    }
    file.value = "";
  };
  el.append(
    html("p", {}, "A table with the same columns that was not used for training, as CSV. Nothing is learned from it."),
    html("div", { class: "bar" }, html("label", {}, "Test on ", file)),
    sentence,
    place,
  );
}
