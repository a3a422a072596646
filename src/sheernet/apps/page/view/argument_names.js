/** Messages of the library on the page: names of function arguments are replaced by names of controls. */

/**
 * A message with the names of settings on the page: "max_iter", "learning_rate" and "starts=20" are arguments.
 * @param {string} text
 * @param {import("./protocol.js").Control[]} controls
 */
export function inWordsOfThePage(text, controls) {
  if (!text) return "";
  for (const { name: path, label } of controls) {
    const name = path.replace("options.", "");
    text = text.replace(new RegExp(`\\b${name}=(\\S+?)(?=[.,;)]*(\\s|$))`, "g"), `“${label}” $1`);
    if (name.includes("_")) text = text.replaceAll(name, `“${label}”`);
  }
  return text;
}
