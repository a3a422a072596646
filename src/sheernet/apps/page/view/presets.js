/**
 * The experiments of the lessons, the title of the exercise and its task.
 *
 * @typedef {import("./model.js").Host} Host
 */
import { html, setText } from "./dom.js";
import { follow } from "./model.js";

/** @param {Host} host */
export function render({ model, el }) {
  const choice = html("select", {
    "aria-label": "Experiment",
    onchange: () => choice.value && model.send({ command: "preset", name: choice.value }),
  });
  const title = html("h2", {});
  const task = html("p", { class: "task" });
  el.append(choice, title, task);
  let names = "";
  follow(model, ["state"], () => {
    const state = model.get("state");
    if (!state) return;
    const key = state.presets.map((preset) => preset.name).join();
    if (key !== names) {
      names = key;
      const lessons = [...new Set(state.presets.map((preset) => preset.lesson))];
      choice.replaceChildren(
        html("option", { value: "" }, "Experiments of the lessons ..."),
        ...lessons.map((lesson) =>
          html(
            "optgroup",
            { label: lesson },
            ...state.presets
              .filter((preset) => preset.lesson === lesson)
              .map(({ name, sentence }) => html("option", { value: name, title: sentence }, name)),
          ),
        ),
      );
    }
    const present = state.presets.find((preset) => preset.query === state.query);
    choice.value = present?.name ?? "";
    setText(title, state.exercise.title);
    setText(task, state.exercise.task);
    title.hidden = !title.textContent;
    task.hidden = !task.textContent;
  });
}
