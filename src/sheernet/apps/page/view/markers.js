/** Points of charts as one path each: a circle, a square, a triangle, ... for each class or share. */

const SHAPES = /** @type {((x: string, y: string, r: number) => string)[]} */ ([
  (x, y, r) => `M${x} ${y}m-${r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0-${2 * r} 0z`,
  (x, y, r) => `M${x} ${y}m-${r}-${r}h${2 * r}v${2 * r}h-${2 * r}z`,
  (x, y, r) => `M${x} ${y}m0-${1.2 * r}l${1.2 * r} ${2.2 * r}h-${2.4 * r}z`,
  (x, y, r) => `M${x} ${y}m0-${1.3 * r}l${1.3 * r} ${1.3 * r}l-${1.3 * r} ${1.3 * r}l-${1.3 * r}-${1.3 * r}z`,
]);

/**
 * A marker as a path.
 * @param {number} kind
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function marker(kind, x, y, r) {
  return SHAPES[kind % SHAPES.length](x.toFixed(1), y.toFixed(1), r);
}
