// The names of the lines below a chart; a click hides one, and brings it back.

class Legend {
  constructor(place, toggled) {
    this.place = place;
    this.toggled = toggled;
    this.hidden = new Set();
  }

  write(traces) {
    this.shown = traces.filter((trace) => trace.showlegend !== false);
    this.place.replaceChildren(...this.shown.map((trace) => this.button(trace)));
  }

  button(trace) {
    const made = document.createElement("button"), is = () => made.setAttribute("aria-pressed", !this.hidden.has(trace.name));
    made.type = "button";
    made.append(element("svg", { width: 34, height: 10, "aria-hidden": true }, this.sample(trace, 0, 5)), trace.name);
    made.onclick = () => {
      if (!this.hidden.delete(trace.name)) this.hidden.add(trace.name);
      is();
      this.toggled();
    };
    is();
    return made;
  }

  sample(trace, x, y) {
    return element("path", { d: `M${x},${y}h34`, ...pen(trace.line) });
  }

  // the same as SVG, for a picture: parts, and the height that they take
  drawn(width, top, family) {
    const parts = [];
    let x = 0, y = top;
    for (const trace of this.shown.filter((one) => !this.hidden.has(one.name))) {
      const wide = 40 + textWidth(trace.name, SMALL, family) + 18;
      if (x && x + wide > width) [x, y] = [0, y + 20];
      parts.push(this.sample(trace, x, y + 8), element("text", { x: x + 40, y: y + 12, "font-size": SMALL, fill: "currentColor" }, trace.name));
      x += wide;
    }
    return { parts, height: this.shown.length ? y + 24 - top : 0 };
  }
}
