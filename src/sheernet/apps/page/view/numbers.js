/** Numbers as text, and the ticks of axes. */

/** A number that JSON cannot hold comes as null. @typedef {number | null | undefined} Value */

/** What an axis holds: "number", "date" (days since 1970-01-01) or "time" (hours since midnight). @typedef {string} Kind */

const [FIRST_DAY, LAST_DAY] = [-719162, 2932896]; // 0001-01-01 and 9999-12-31, in days since 1970-01-01

/**
 * Whether a value is a number; infinity and NaN are received as null.
 * @param {Value} value
 * @returns {value is number}
 */
export function isNumber(value) {
  return value !== null && value !== undefined;
}

/**
 * A number with some significant digits.
 * @param {Value} value
 * @param {number} [digits]
 */
export function shown(value, digits = 4) {
  if (!isNumber(value) || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const plain = size >= 1e-4 && size < 10 ** Math.max(digits, 5);
  const text = plain
    ? fixed(value, digits)
    : value
        .toExponential(digits - 1)
        .replace(/\.?0+e/, "e")
        .replace("e+", "e");
  return text.replaceAll("-", "−");
}

/**
 * @param {number} value
 * @param {number} digits
 */
function fixed(value, digits) {
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  const text = rounded.toFixed(Math.min(decimals, 20));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * A cell of the table: a number with some significant digits, or a text.
 * @param {unknown} cell
 * @param {number} [digits]
 */
export function shownCell(cell, digits) {
  return typeof cell === "number" ? shown(cell, digits) : String(cell);
}

/**
 * A value of an axis.
 * @param {Kind} kind
 * @param {number} value
 * @param {number} [digits] of a number
 */
export function shownOn(kind, value, digits) {
  if (kind === "date" && value >= FIRST_DAY && value <= LAST_DAY) {
    return new Date(Math.floor(value) * 86_400_000).toISOString().slice(0, 10);
  }
  if (kind === "time") {
    const minutes = Math.round(value * 60) % (24 * 60);
    return [minutes / 60, minutes % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  }
  return shown(value, digits);
}

/**
 * A number with its sign, for weights.
 * @param {Value} value
 * @param {number} [digits]
 */
export function signed(value, digits = 4) {
  return (value && value > 0 ? "+" : "") + shown(value, digits);
}

/**
 * A factor or a term of a formula: a negative number in parentheses.
 * @param {Value} value
 */
export function factor(value) {
  return value && value < 0 ? `(${shown(value)})` : shown(value);
}

/**
 * A letter with a subscript: z₁.
 * @param {string} letter
 * @param {number} index
 */
export function indexed(letter, index) {
  return letter + String(index).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);
}

/**
 * A count with its noun: 1 row, 2 rows.
 * @param {number} n
 * @param {string} noun
 * @param {string} [plural]
 */
export function count(n, noun, plural = `${noun}s`) {
  const grouped = n >= 10000 ? String(n).replace(/\B(?=(\d{3})+$)/g, "\u00a0") : String(n);
  return `${grouped} ${n === 1 ? noun : plural}`;
}

/**
 * About n round numbers from low to high, with steps of 1, 2 or 5 times a power of ten.
 * @param {number} low
 * @param {number} high
 * @param {number} [n]
 * @returns {number[]}
 */
export function linearTicks(low, high, n = 5) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const rough = span / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((size) => size >= rough * 0.999) ?? 10 * power;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * Powers of ten from low to high, at most about n, and 2 and 5 times them within two decades.
 * @param {number} low
 * @param {number} high
 * @param {number} [n]
 * @returns {number[]}
 */
export function logTicks(low, high, n = 5) {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / n));
  const parts = last - first <= 2 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let power = first; power <= last; power += every) {
    for (const part of parts) {
      const tick = Number(`${part}e${power}`);
      if (tick >= low * 0.9999 && tick <= high * 1.0001) ticks.push(tick);
    }
  }
  return ticks.length > 1 ? ticks : linearTicks(low, high, n).filter((tick) => tick > 0);
}

/**
 * The smallest and the largest finite number; [0, 1] if there is none.
 * @param {Iterable<Value>} values
 * @returns {[number, number]}
 */
export function rangeOf(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!isNumber(value) || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/**
 * The index of the value that is nearest to x, in ascending values.
 * @param {number[]} values
 * @param {number} x
 */
export function nearest(values, x) {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - values[low - 1] <= values[low] - x ? low - 1 : low;
}
