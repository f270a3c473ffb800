// What a figure says of a point: Plotly's template, with the formats that our figures use (".3f", ".1%").

function formatted(value, format) {
  const [, digits, kind] = /^\.(\d)([f%])$/.exec(format || "") || [];
  if (!kind) return String(value);
  return kind === "%" ? `${(100 * value).toFixed(digits)}%` : value.toFixed(digits);
}

// lines of text for the n-th point of a trace
function pointWords(trace, number) {
  const own = trace.customdata?.[number];
  const valueOf = (name) => (name === "x" || name === "y" ? trace[name][number] : own[+name.slice("customdata[".length, -1)]);
  const said = trace.hovertemplate.replace("<extra></extra>", "");
  return said.replace(/%\{([^}:]+)(?::([^}]+))?\}/g, (_, name, format) => formatted(valueOf(name), format)).split("<br>");
}
