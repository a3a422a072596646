/**
 * The gradient check at the current weights, and a button that breaks backpropagation so that the check detects it.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").CheckResult} CheckResult
 */
import { button, html, scrolling, set, setText, tableOf } from "./dom.js";
import { Latest } from "./latest.js";
import { follow } from "./model.js";
import { shown } from "./numbers.js";

const MOST_ENTRIES = 60;
const HEADINGS = ["weight", "backpropagation", "numerical", "verdict"];
const ABOUT =
  "The check compares each derivative of backpropagation with a derivative computed from values of the cost only.";

/** @param {Host} host */
export function render({ model, el }) {
  const faults = html("select", { "aria-label": "Mistake in backpropagation", onchange: () => describe() });
  const what = html("p", { class: "small muted" });
  const result = html("div", { "aria-live": "polite" });
  const latest = new Latest(
    (/** @type {string | null} */ fault) => model.send({ command: "check", fault }),
    (answer) => {
      const checked = /** @type {CheckResult | null} */ (answer.result);
      result.replaceChildren(...(checked ? shownResult(checked) : [html("p", { class: "error" }, answer.error)]));
    },
  );
  const run = (/** @type {string | null} */ fault) => {
    setText(result, "Checking ...");
    latest.put(fault);
  };
  const describe = () => {
    const fault = model.get("state")?.faults.find((each) => each.name === faults.value);
    setText(what, fault ? `The mistake: ${fault.what}` : "");
  };
  const breakIt = button("Break backpropagation and check", () => run(faults.value));
  const checkIt = button("Check the gradient", () => run(null));
  const buttons = html("div", { class: "bar" }, checkIt, html("span", { class: "buttons" }, faults, breakIt));
  el.append(html("p", {}, ABOUT), buttons, what, result);
  let known = "";
  follow({ model, el }, ["state"], () => {
    const list = model.get("state")?.faults ?? [];
    const key = list.map((fault) => fault.name).join();
    if (key === known) return;
    known = key;
    faults.replaceChildren(...list.map(({ name, what: help }) => html("option", { value: name, title: help }, name)));
    set(breakIt, "disabled", !list.length);
    describe();
  });
}

/**
 * The verdict, the wrong line, the derivatives and the report.
 * @param {CheckResult} checked
 * @returns {Node[]}
 */
function shownResult(checked) {
  const { passed, fault, entries, text } = checked;
  const verdict = html("p", { class: passed ? "verdict passed" : "verdict failed" }, sentenceOf(checked));
  const rows = entries.slice(0, MOST_ENTRIES).map((entry) => {
    const values = [shown(entry.backpropagation, 8), shown(entry.numerical, 8), entry.agrees ? "agree" : "differ"];
    const cells = values.map((value) => html("td", {}, value));
    return html("tr", { class: entry.agrees ? null : "differs" }, html("th", { scope: "row" }, entry.name), ...cells);
  });
  const first = entries.length > MOST_ENTRIES ? `, the first ${MOST_ENTRIES}` : "";
  const table = tableOf(`Derivatives of the cost${first}`, HEADINGS, rows);
  const report = html("pre", { tabindex: 0, "aria-label": "Report of the check" }, text);
  return [
    verdict,
    ...(fault ? [linesOf(fault)] : []),
    scrolling("Derivatives", table),
    html("details", {}, html("summary", {}, "Report of the check"), report),
  ];
}

/** @param {import("./protocol.js").FaultChoice} fault */
function linesOf({ line, right_line }) {
  const entry = (/** @type {string} */ name, /** @type {string} */ code) => [
    html("dt", {}, name),
    html("dd", {}, html("code", {}, code)),
  ];
  return html("dl", { class: "lines" }, ...entry("wrong line", line), ...entry("right line", right_line));
}

/** @param {CheckResult} checked */
function sentenceOf({ passed, verdict, entries, fault }) {
  const differ = entries.filter((entry) => !entry.agrees).length;
  const shownEntries = `${differ} of the ${entries.length} derivatives below`;
  if (passed) return `✓ ${verdict}: backpropagation and the numerical derivatives agree.`;
  return `✗ ${verdict}: ${shownEntries} differ. ${fault ? "The check has caught the mistake." : ""}`;
}
