/**
 * Sharing: the exercise for others, its address, and downloads.
 *
 * @typedef {import("./model.js").PageModel} PageModel
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./api.js").Api} Api
 */
import { button, html, setText } from "./dom.js";
import { follow } from "./model.js";

const DOWNLOADS = /** @type {[string, string][]} */ ([
  ["model", "Model: for sheernet predict"],
  ["exercise", "Exercise: for sheernet page"],
]);
const LONGEST_SAVE = 60_000; // milliseconds until the browser has surely taken the file

/**
 * @param {Api} api
 * @returns {(host: Host) => void}
 */
export function shareRenderer(api) {
  return ({ model, el }) => {
    const said = html("p", { role: "alert", class: "small" });
    /** A button whose action returns, or throws, a sentence. */
    const doing = (/** @type {string} */ label, /** @type {() => Promise<string>} */ action) =>
      button(label, async () => {
        const sentence = action().catch((error) => (error instanceof Error ? error.message : String(error)));
        setText(said, await sentence);
      });
    const copies = [
      doing("Copy exercise", () => copyExercise(api)),
      doing("Copy link", copyLink),
    ];
    const downloads = DOWNLOADS.map(([kind, label]) => doing(label, () => save(api, kind)));
    const label = html("span", { class: "label" }, "Download");
    el.append(html("div", { class: "bar" }, ...copies), html("div", { class: "bar" }, label, ...downloads));
    el.append(said);
    renderForStudents(model, el);
  };
}

/** @param {Api} api */
async function copyExercise(api) {
  await navigator.clipboard.writeText(await (await api.download("exercise")).text());
  return "The exercise is in the clipboard. Save it as exercise.json; to open it: sheernet page exercise.json";
}

/** Copy the address without the token, which is valid for this server only. */
async function copyLink() {
  await navigator.clipboard.writeText(location.href.replace(/\?[^#]*/, ""));
  return "The address is in the clipboard. The part after # has the settings; append it to another page's address.";
}

/**
 * @param {Api} api
 * @param {string} kind
 */
async function save(api, kind) {
  const name = `${kind}.json`;
  const link = html("a", { href: URL.createObjectURL(await (await api.download(kind)).blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), LONGEST_SAVE);
  return `${name} is saved.`;
}

/**
 * The texts of a teacher above the page, and the controls that students see.
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
    html("label", { class: "stacked" }, "Title above the settings ", title),
    html("label", { class: "stacked" }, "Task for students ", task),
    boxes,
  );
  let names = "";
  follow(model, ["state"], () => {
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
