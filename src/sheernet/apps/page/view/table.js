/**
 * The table: opening another file, the roles of the columns, the first rows, and problems of the file.
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./protocol.js").State} State
 * @typedef {import("./protocol.js").Column} Column
 */
import { html, scrolling, setText } from "./dom.js";
import { follow } from "./model.js";
import { count } from "./numbers.js";

const ROLES = ["input", "target", "left out"];
const MOST_COLUMNS = 60;

/**
 * @param {(file: File) => Promise<import("./protocol.js").Answer>} sendTable
 * @returns {(host: Host) => void}
 */
export function tableRenderer(sendTable) {
  return ({ model, el }) => {
    const error = html("p", { class: "error", role: "alert" });
    const file = html("input", {
      type: "file",
      accept: ".csv,.tsv,.txt,.xlsx,.xls,.ods,.parquet,.json",
      onchange: async () => {
        const [chosen] = file.files ?? [];
        if (chosen) setText(error, (await sendTable(chosen)).error);
        file.value = "";
      },
    });
    const content = html("div");
    el.append(
      html("div", { class: "bar" }, html("label", {}, "Open a table (CSV, Excel, ...) ", file)),
      error,
      content,
    );
    let drawn = "";
    follow(model, ["state"], () => {
      const state = model.get("state");
      const key = JSON.stringify(state?.data);
      if (!state || key === drawn) return;
      drawn = key;
      content.replaceChildren(...parts(model, state));
    });
  };
}

/**
 * @param {import("./model.js").PageModel} model
 * @param {State} state
 */
function parts(model, state) {
  const { data } = state;
  const counts = Object.entries(data.counts).map(([share, n]) => `${n} ${share}`);
  const list = (/** @type {string[]} */ texts, /** @type {string} */ kind) =>
    texts.length > 0 && html("ul", { class: kind }, ...texts.map((text) => html("li", {}, text)));
  const about = [
    `${data.name}: ${count(data.preview.n_rows, "row")}, ${count(data.preview.n_columns, "column")}; ${counts.join(", ")}.`,
    data.source === data.name ? "" : data.source,
    data.license,
  ].filter(Boolean);
  const hidden = data.preview.columns.length - MOST_COLUMNS;
  return [
    html("p", {}, about.map((text) => (text.endsWith(".") ? text : `${text}.`)).join(" ")),
    list(data.problems, "error"),
    list(data.notices, "small"),
    scrolling("First rows of the table", previewTable(model, state)),
    html(
      "p",
      { class: "small muted" },
      `The first ${data.preview.rows.length} of ${count(data.preview.n_rows, "row")}.${hidden > 0 ? ` ${hidden} more columns are not shown.` : ""}`,
    ),
  ].filter((part) => part !== false);
}

/**
 * @param {import("./model.js").PageModel} model
 * @param {State} state
 */
function previewTable(model, { data, exercise }) {
  const names = data.preview.columns.slice(0, MOST_COLUMNS);
  const columns = new Map(data.columns.map((column) => [column.name, column]));
  const locked = ["inputs", "target"].some((name) => exercise.hidden_controls.includes(name));
  const heads = names.map((name) => {
    const column = columns.get(name);
    if (!column) return html("th", { scope: "col" }, name);
    const choice = html(
      "select",
      {
        "aria-label": `Role of ${name}`,
        disabled: locked,
        onchange: () => assign(model, data.columns, name, choice.value),
      },
      ...ROLES.map((role) => html("option", { value: role, selected: role === column.role }, role)),
    );
    const kind = [column.kind, column.unit, column.note].filter(Boolean).join(", ");
    return html(
      "th",
      { scope: "col" },
      html("span", {}, name),
      html("br"),
      choice,
      html("br"),
      html("span", { class: "small muted kind" }, kind),
    );
  });
  const rows = data.preview.rows.map((cells, i) =>
    html(
      "tr",
      {},
      html("th", { scope: "row" }, i),
      ...cells.slice(0, MOST_COLUMNS).map((cell) => html("td", {}, cell)),
    ),
  );
  return html(
    "table",
    { class: "preview" },
    html("caption", { class: "small" }, "First rows and the role of each column"),
    html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "row"), ...heads)),
    html("tbody", {}, ...rows),
  );
}

/**
 * Give a column a role; the column that was the target becomes an input.
 * @param {import("./model.js").PageModel} model
 * @param {Column[]} columns
 * @param {string} name
 * @param {string} role
 */
function assign(model, columns, name, role) {
  const roles = columns.map((column) => {
    if (column.name === name) return { name, role };
    return { name: column.name, role: role === "target" && column.role === "target" ? "input" : column.role };
  });
  const inputs = roles.filter((column) => column.role === "input").map((column) => column.name);
  const target = roles.find((column) => column.role === "target")?.name ?? null;
  model.send({ command: "settings", values: { inputs, target } });
}
