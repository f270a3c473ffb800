// A chart of lines, marks and intervals: hover tells of a point, a drag makes it larger, the legend hides lines, and it can be taken along.

const CHARTS = new WeakMap();
const REACH = 40, LEAST_DRAG = 8, EDGE = 12; // px

class Chart {
  constructor(root) {
    this.root = root;
    this.svg = root.querySelector("svg");
    this.tip = root.querySelector(".tip");
    this.plot = new Plot(this.svg);
    this.legend = new Legend(root.querySelector(".legend"), () => this.draw());
    [this.whole, ...this.pictures] = root.querySelectorAll(".tools button");
    this.whole.onclick = () => this.zoom();
    this.pictures[0].onclick = () => this.png();
    this.pictures[1].onclick = () => handOut(new Blob([this.sheet()], { type: "image/svg+xml" }), `${this.name}.svg`);
    this.listen();
    this.watch = new ResizeObserver(() => this.figure && root.clientWidth !== this.width && this.draw());
    this.watch.observe(root);
  }

  take({ figure, alt, name }) {
    this.root.setAttribute("aria-label", alt);
    const told = JSON.stringify(figure);
    if (told === this.told) return;
    [this.told, this.figure, this.name] = [told, figure, name];
    this.plot.take(figure);
    this.legend.write(figure.data);
    this.zoom();
  }

  draw() {
    this.width = this.root.clientWidth;
    this.tip.hidden = true;
    if (this.width) this.plot.draw(this.width, getComputedStyle(this.root).fontFamily, this.legend.hidden);
  }

  zoom(across, upright) {
    this.plot.zoom(across, upright);
    this.whole.hidden = !across;
    this.draw();
  }

  at(event) {
    const home = this.svg.getBoundingClientRect();
    return [event.clientX - home.left, event.clientY - home.top];
  }

  listen() {
    this.svg.onpointermove = (event) => (this.from ? this.stretch(this.at(event)) : this.hover(...this.at(event)));
    this.svg.onpointerdown = (event) => {
      if (event.pointerType === "touch") this.hover(...this.at(event));
      else if (!this.plot.upright.names) this.grasp(event);
    };
    this.svg.onpointerup = (event) => this.release(this.at(event));
    this.svg.onpointerleave = () => (this.tip.hidden = true);
    this.svg.ondblclick = () => this.zoom();
  }

  hover(x, y) {
    const found = this.plot.nearest(x, y, REACH, this.legend.hidden);
    this.tip.hidden = !found;
    if (!found) return;
    this.tip.textContent = pointWords(found.trace, found.number).join("\n");
    this.tip.style.left = `${Math.max(0, Math.min(found.x + 12, this.width - this.tip.offsetWidth))}px`;
    this.tip.style.top = `${found.y > this.tip.offsetHeight + 16 ? found.y - this.tip.offsetHeight - 10 : found.y + 14}px`;
  }

  grasp(event) {
    this.svg.setPointerCapture(event.pointerId);
    this.from = this.at(event);
    this.frame = element("rect", { fill: "currentColor", "fill-opacity": 0.12 });
    this.svg.append(this.frame);
  }

  stretch([x, y]) {
    const [fromX, fromY] = this.from, place = { x: Math.min(x, fromX), y: Math.min(y, fromY), width: Math.abs(x - fromX), height: Math.abs(y - fromY) };
    Object.entries(place).forEach(([key, value]) => this.frame.setAttribute(key, value));
  }

  release([x, y]) {
    if (!this.from) return;
    const [fromX, fromY] = this.from, { across, upright } = this.plot;
    this.from = null;
    this.frame.remove();
    if (Math.abs(x - fromX) < LEAST_DRAG || Math.abs(y - fromY) < LEAST_DRAG) return;
    const ends = (axis, one, other) => [axis.value(one), axis.value(other)].sort((a, b) => a - b);
    this.zoom(ends(across, fromX, x), ends(upright, fromY, y));
  }

  // the chart with its legend as a file of its own, in the colours of the page
  sheet() {
    const style = getComputedStyle(this.root), tall = this.plot.layout.height, legend = this.legend.drawn(this.width, tall, style.fontFamily);
    const width = this.width + 2 * EDGE, height = tall + legend.height + 2 * EDGE, made = this.svg.cloneNode(true);
    const frame = { width, height, viewBox: `${-EDGE} ${-EDGE} ${width} ${height}`, color: style.color };
    made.removeAttribute("aria-hidden");
    Object.entries(frame).forEach(([key, value]) => made.setAttribute(key, value));
    made.prepend(element("title", {}, this.root.getAttribute("aria-label")),
      element("rect", { x: -EDGE, y: -EDGE, width, height, fill: style.getPropertyValue("--st-background-color").trim() }));
    made.append(...legend.parts);
    return new XMLSerializer().serializeToString(made);
  }

  async png() {
    const picture = new Image(), scale = 2, canvas = document.createElement("canvas");
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(this.sheet())}`;
    await picture.decode();
    [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => handOut(blob, `${this.name}.png`));
  }

  end() {
    this.watch.disconnect();
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".chart");
  if (!CHARTS.has(root)) CHARTS.set(root, new Chart(root));
  const chart = CHARTS.get(root);
  chart.take(data);
  return () => chart.end();
}
