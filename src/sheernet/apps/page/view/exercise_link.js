/**
 * What leaves the page: the exercise for others, its address, the Python that reproduces the run, and downloads.
 *
 * @typedef {import("./model.js").PageModel} PageModel
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./api.js").Api} Api
 */
import { html, setText } from "./dom.js";
import { follow } from "./model.js";

const DOWNLOADS = /** @type {[string, string, string][]} */ ([
  ["model", "model.json", "Model: for sheernet predict"],
  ["predictions", "predictions.csv", "Predictions of all rows"],
  ["report", "report.html", "Report"],
  ["exercise", "exercise.json", "Exercise: for sheernet page"],
  ["python", "run.py", "Python script"],
]);

/**
 * @param {Api} api
 * @returns {(host: Host) => void}
 */
export function shareRenderer(api) {
  return ({ model, el }) => {
    const said = html("p", { role: "alert", class: "small" });
    const script = html("pre", { tabindex: 0, hidden: true, class: "script", "aria-label": "Python script" });
    const attempt = (/** @type {() => Promise<string>} */ action) => async () => {
      try {
        setText(said, await action());
      } catch (error) {
        setText(said, error instanceof Error ? error.message : String(error));
      }
    };
    const copyExercise = attempt(async () => {
      await navigator.clipboard.writeText(await (await api.download("exercise")).text());
      return "The exercise is in the clipboard. Save it as exercise.json; a student opens it with: sheernet page exercise.json";
    });
    const copyLink = attempt(async () => {
      await navigator.clipboard.writeText(location.href.replace(/\?[^#]*/, ""));
      return "The settings are in the clipboard as an address. It opens on a computer where sheernet page runs; its part after # holds the settings.";
    });
    const showPython = attempt(async () => {
      setText(script, await (await api.download("python")).text());
      script.hidden = false;
      return "";
    });
    const save = (/** @type {string} */ kind, /** @type {string} */ name) =>
      attempt(async () => {
        const response = await api.download(kind);
        saveBlob(await response.blob(), fileName(response, name));
        return `${fileName(response, name)} is saved.`;
      });
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
      html("button", { type: "button", onclick }, text);
    el.append(
      html(
        "div",
        { class: "bar" },
        button("Copy exercise", copyExercise),
        button("Copy link", copyLink),
        button("Show the Python", showPython),
      ),
      html(
        "div",
        { class: "bar" },
        html("span", { class: "label" }, "Download"),
        ...DOWNLOADS.map(([kind, name, label]) => button(label, save(kind, name))),
      ),
      said,
      script,
    );
    renderForStudents(model, el);
  };
}

/**
 * What a teacher writes above the page, and which controls students see.
 * @param {PageModel} model
 * @param {HTMLElement} el
 */
function renderForStudents(model, el) {
  const change = (/** @type {Record<string, unknown>} */ values) => model.send({ command: "settings", values });
  const title = html("input", { type: "text", maxlength: 200, onchange: () => change({ title: title.value }) });
  const task = html("textarea", { rows: 3, maxlength: 4000, onchange: () => change({ task: task.value }) });
  const boxes = html("fieldset", { class: "boxes" }, html("legend", {}, "Controls that students see"));
  el.append(
    html("h3", {}, "For students"),
    html("label", { class: "stacked" }, "Title ", title),
    html("label", { class: "stacked" }, "Task ", task),
    boxes,
  );
  let names = "";
  follow({ model, el }, ["state"], () => {
    const state = model.get("state");
    if (!state) return;
    const { exercise } = state;
    const controls = state.controls.filter(
      (control, i, all) => all.findIndex((other) => other.name === control.name) === i,
    );
    if (document.activeElement !== title) title.value = exercise.title;
    if (document.activeElement !== task) task.value = exercise.task;
    const inputs = () => [...boxes.querySelectorAll("input")];
    if (controls.map((control) => control.name).join() !== names) {
      names = controls.map((control) => control.name).join();
      const toggle = () =>
        change({
          hidden_controls: inputs()
            .filter((box) => !box.checked)
            .map((box) => box.value),
        });
      boxes.replaceChildren(
        boxes.children[0],
        ...controls.map((control) =>
          html("label", {}, html("input", { type: "checkbox", value: control.name, onchange: toggle }), control.label),
        ),
      );
    }
    for (const box of inputs()) box.checked = !exercise.hidden_controls.includes(box.value);
  });
}

/**
 * @param {Response} response
 * @param {string} otherwise
 */
function fileName(response, otherwise) {
  return /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? otherwise;
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function saveBlob(blob, name) {
  const link = html("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
