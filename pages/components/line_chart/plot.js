// A figure of lines, marks and intervals, drawn into an SVG; it knows afterwards where each point lies.

const LETTER = 13, SMALL = 12, TITLE = 24; // px: letters, those of axes and title, room for a title
const LINES_APART = 64, UPRIGHTS_APART = 42; // px between two ticks
const MOST_FOR_NAMES = 0.34; // of the width
const MEASURE = document.createElement("canvas").getContext("2d");

function textWidth(text, size, family) {
  MEASURE.font = `${size}px ${family}`;
  return MEASURE.measureText(text).width;
}

function isSeen(trace, hidden) {
  return !hidden.has(trace.name);
}

// [low, high] of each point of a trace with error bars along "x" or "y"
function spans(trace, along) {
  const bars = trace[`error_${along}`];
  return bars ? trace[along].map((value, n) => [value - bars.arrayminus[n], value + bars.array[n]]) : [];
}

class Plot {
  constructor(svg) {
    this.svg = svg;
  }

  take({ data, layout }) {
    this.traces = data;
    this.layout = layout;
    const along = (name) => data.flatMap((trace) => [...trace[name], ...spans(trace, name).flat()]);
    [this.across, this.upright] = ["x", "y"].map((name) => new Axis(layout[`${name}axis`], along(name)));
  }

  zoom(across, upright) {
    this.across.ends = across || this.across.whole;
    this.upright.ends = upright || this.upright.whole;
  }

  draw(width, family, hidden) {
    const { height, title } = this.layout, top = title ? TITLE + 6 : 12, axisRoom = 46;
    this.family = family;
    this.labels = this.upright.ticks(Math.max(2, (height - 110) / UPRIGHTS_APART)).map(([value, text]) => [value, this.cut(text, width)]);
    const left = Math.max(...this.labels.map(([, text]) => textWidth(text, SMALL, family)), 8) + (this.upright.title ? 30 : 10);
    this.box = { left, top, right: width - 10, bottom: height - axisRoom };
    this.across.fit(left, this.box.right);
    this.upright.fit(this.box.bottom, top);
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("font-family", family);
    const inside = element("g", { "clip-path": "url(#inside)" });
    this.traces.filter((trace) => isSeen(trace, hidden)).forEach((trace) => inside.append(...this.drawn(trace)));
    this.svg.replaceChildren(this.clip(), ...this.frame(title), inside);
  }

  cut(text, width) {
    let kept = text;
    while (kept.length > 4 && textWidth(kept, SMALL, this.family) > width * MOST_FOR_NAMES) kept = `${kept.slice(0, -2)}…`;
    return kept;
  }

  clip() {
    const { left, top, right, bottom } = this.box; // marks on the edge are whole
    return element("clipPath", { id: "inside" }, element("rect", { x: left - 8, y: top - 8, width: right - left + 16, height: bottom - top + 12 }));
  }

  frame(title) {
    const { left, top, right, bottom } = this.box, parts = [];
    const text = (x, y, anchor, words, more) => element("text", { x, y, "text-anchor": anchor, "font-size": SMALL, fill: "currentColor", ...more }, words);
    const rule = (x1, y1, x2, y2, colour) => element("line", { x1, y1, x2, y2, stroke: colour });
    for (const [value, words] of this.labels) {
      const y = this.upright.at(value);
      parts.push(rule(left, y, right, y, this.upright.grid), text(left - 6, y + 4, "end", words));
    }
    for (const [value, words] of this.across.ticks(Math.max(2, (right - left) / LINES_APART))) {
      const x = this.across.at(value);
      parts.push(rule(x, top, x, bottom, this.across.grid), text(x, bottom + 16, "middle", words));
    }
    parts.push(text((left + right) / 2, bottom + 36, "middle", this.across.title, { "font-size": LETTER }));
    const middle = (top + bottom) / 2;
    parts.push(text(12, middle, "middle", this.upright.title, { "font-size": LETTER, transform: `rotate(-90 12 ${middle})` }));
    if (title) parts.push(text(0, 14, "start", title.text, { "font-weight": 600 }));
    return parts;
  }

  drawn(trace) {
    const parts = [];
    if (trace.error_x || trace.error_y) parts.push(this.intervals(trace, trace.error_x || trace.error_y));
    if (trace.mode.includes("lines")) parts.push(element("path", { d: this.line(trace), ...pen(trace.line), "stroke-linejoin": "round" }));
    if (trace.mode.includes("markers")) parts.push(...this.marks(trace));
    return parts;
  }

  intervals(trace, { color, thickness }) {
    return element("path", { d: this.bars(trace), ...pen({ color, width: thickness }), class: "interval" });
  }

  place(trace, number) {
    return [this.across.at(trace.x[number]), this.upright.at(trace.y[number])];
  }

  line(trace) {
    const steps = trace.line.shape === "vh", parts = [];
    let isDown = false;
    trace.x.forEach((_, number) => {
      const [x, y] = this.place(trace, number).map((pixel) => pixel.toFixed(1)), isKnown = trace.y[number] !== null;
      if (isKnown) parts.push(!isDown ? `M${x},${y}` : steps ? `V${y}H${x}` : `L${x},${y}`);
      isDown = isKnown;
    });
    return parts.join("");
  }

  marks(trace) {
    const marker = { size: 6, color: trace.line?.color, ...trace.marker };
    return trace.x.flatMap((_, number) => {
      if (trace.y[number] === null) return [];
      const [x, y] = this.place(trace, number), symbol = [marker.symbol].flat()[number] ?? [marker.symbol].flat()[0] ?? "circle";
      const isOpen = symbol.endsWith("-open"), d = outline(symbol.replace("-open", ""), x, y, marker.size);
      const edge = isOpen ? { stroke: marker.color, "stroke-width": 1.5 } : { stroke: marker.line?.color, "stroke-width": marker.line?.width };
      return element("path", { d, fill: isOpen ? "none" : marker.color, class: "mark", ...edge });
    });
  }

  bars(trace) {
    const isAcross = Boolean(trace.error_x), axis = isAcross ? this.across : this.upright, cap = (trace.error_x || trace.error_y).width;
    return spans(trace, isAcross ? "x" : "y").map(([low, high], number) => {
      const [x, y] = this.place(trace, number), [from, to] = [axis.at(low), axis.at(high)];
      return isAcross ? `M${from},${y - cap}v${2 * cap}m0,${-cap}H${to}m0,${-cap}v${2 * cap}` : `M${x - cap},${from}h${2 * cap}m${-cap},0V${to}m${-cap},0h${2 * cap}`;
    }).join("");
  }

  // the trace and number of the point that lies nearest to (x, y), and where; null where none is near
  nearest(x, y, reach, hidden) {
    let best = null, least = reach ** 2;
    for (const trace of this.traces) {
      if (trace.hoverinfo === "skip" || !isSeen(trace, hidden)) continue;
      trace.x.forEach((_, number) => {
        const [px, py] = this.place(trace, number), far = (px - x) ** 2 + (py - y) ** 2;
        if (far <= least && trace.y[number] !== null) [least, best] = [far, { trace, number, x: px, y: py }]; // a mark lies over its line
      });
    }
    return best;
  }
}
