/**
 * The gradient check of the present weights, and a button that breaks backpropagation so that the check catches it.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").CheckResult} CheckResult
 */
import { html, scrolling, set, setText } from "./dom.js";
import { follow } from "./model.js";
import { shown } from "./numbers.js";

const MOST_ENTRIES = 60;

/** @param {Host} host */
export function render({ model, el }) {
  const faults = html("select", { "aria-label": "Mistake in backpropagation" });
  const what = html("p", { class: "small muted" });
  const result = html("div", { "aria-live": "polite" });
  const run = async (/** @type {string | null} */ fault) => {
    setText(result, "Checking ...");
    const answer = await model.send({ command: "check", fault });
    const checked = /** @type {CheckResult | null} */ (answer.result);
    result.replaceChildren(...(checked ? shownResult(checked) : [html("p", { class: "error" }, answer.error)]));
  };
  const breakIt = html(
    "button",
    { type: "button", onclick: () => run(faults.value) },
    "Break backpropagation and check",
  );
  const describe = () => {
    const fault = model.get("state")?.faults.find((each) => each.name === faults.value);
    setText(what, fault ? `The mistake: ${fault.what}` : "");
  };
  faults.addEventListener("change", describe);
  el.append(
    html(
      "p",
      {},
      "The check compares each derivative of backpropagation with one that is computed from values of the cost alone.",
    ),
    html(
      "div",
      { class: "bar" },
      html("button", { type: "button", onclick: () => run(null) }, "Check the gradient"),
      html("span", { class: "buttons" }, faults, breakIt),
    ),
    what,
    result,
  );
  let known = "";
  follow({ model, el }, ["state"], () => {
    const list = model.get("state")?.faults ?? [];
    const key = list.map((fault) => fault.name).join();
    if (key === known) return;
    known = key;
    faults.replaceChildren(
      ...list.map((fault) => html("option", { value: fault.name, title: fault.what }, fault.name)),
    );
    set(breakIt, "disabled", !list.length);
    describe();
  });
}

/** @param {CheckResult} checked */
function shownResult(checked) {
  const rows = checked.entries
    .slice(0, MOST_ENTRIES)
    .map((entry) =>
      html(
        "tr",
        { class: entry.agrees ? null : "differs" },
        html("th", { scope: "row" }, entry.name),
        html("td", {}, shown(entry.backpropagation, 8)),
        html("td", {}, shown(entry.numerical, 8)),
        html("td", {}, entry.agrees ? "agree" : "differ"),
      ),
    );
  const table = html(
    "table",
    {},
    html(
      "caption",
      { class: "small" },
      `Derivatives of the cost${checked.entries.length > MOST_ENTRIES ? `, the first ${MOST_ENTRIES}` : ""}`,
    ),
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        ...["weight", "backpropagation", "numerical", ""].map((text) =>
          html("th", { scope: "col" }, text || html("span", { class: "spoken" }, "verdict")),
        ),
      ),
    ),
    html("tbody", {}, ...rows),
  );
  const lines =
    checked.fault &&
    html(
      "dl",
      { class: "lines" },
      html("dt", {}, "wrong line"),
      html("dd", {}, html("code", {}, checked.fault.line)),
      html("dt", {}, "right line"),
      html("dd", {}, html("code", {}, checked.fault.right_line)),
    );
  const parts = [
    html("p", { class: checked.passed ? "verdict passed" : "verdict failed" }, sentenceOf(checked)),
    lines,
    scrolling("Derivatives", table),
    html("details", {}, html("summary", {}, "Report of the check"), html("pre", { tabindex: 0 }, checked.text)),
  ];
  return /** @type {Node[]} */ (parts.filter(Boolean));
}

/** @param {CheckResult} checked */
function sentenceOf({ passed, verdict, entries, fault }) {
  const differ = entries.filter((entry) => !entry.agrees).length;
  const shownEntries = `${differ} of the ${entries.length} derivatives below`;
  if (passed) return `✓ ${verdict}: backpropagation and the numerical derivatives agree.`;
  return `✗ ${verdict}: ${shownEntries} differ. ${fault ? "The check has caught the mistake." : ""}`;
}
