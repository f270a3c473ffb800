// SVG: elements, dashes, and the marks that Plotly has under the same names.

const DASHES = { dash: "9 6", dot: "2 4", dashdot: "9 4 2 4", longdash: "15 6", longdashdot: "15 4 2 4" };

function element(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function pen(line) {
  return { fill: "none", stroke: line.color, "stroke-width": line.width ?? 2, "stroke-dasharray": DASHES[line.dash] };
}

// corners around a middle, the first straight up; of a star every other lies further in
function corners(count, inner = 1) {
  return Array.from({ length: count }, (_, corner) => {
    const turn = (2 * Math.PI * corner) / count, far = corner % 2 ? inner : 1;
    return [far * Math.sin(turn), -far * Math.cos(turn)];
  });
}

const THIRD = 0.36, CROSS = [[-THIRD, -1], [THIRD, -1], [THIRD, -THIRD], [1, -THIRD], [1, THIRD], [THIRD, THIRD], [THIRD, 1], [-THIRD, 1],
  [-THIRD, THIRD], [-1, THIRD], [-1, -THIRD], [-THIRD, -THIRD]];
const OUTLINES = {
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]], diamond: corners(4).map(([x, y]) => [1.2 * x, 1.2 * y]),
  "triangle-up": corners(3), "triangle-down": corners(3).map(([x, y]) => [x, -y]), pentagon: corners(5), hexagon: corners(6),
  star: corners(10, 0.45), cross: CROSS, x: CROSS.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]),
};

// the outline of a mark around (x, y), `size` its width
function outline(symbol, x, y, size) {
  const r = size / 2, points = OUTLINES[symbol];
  if (!points) return `M${x - r},${y}a${r},${r} 0 1,0 ${size},0a${r},${r} 0 1,0 ${-size},0Z`;
  return `M${points.map(([across, down]) => `${(x + r * across).toFixed(1)},${(y + r * down).toFixed(1)}`).join("L")}Z`;
}
