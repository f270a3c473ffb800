// The lab: one line, all views. It moves in the browser; Python hears where it came to rest.

const REST = 100; // ms without a move
const LABS = new WeakMap();
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -50, PageUp: 50 };

class Lab {
  constructor(root) {
    this.root = root;
    this.echoes = new Echoes();
    const plot = (name) => root.querySelector(`.${name}`);
    this.histogram = new Histogram(plot("histogram"));
    this.matrix = new Matrix(plot("matrix"));
    this.curves = Object.entries(CURVES).map(([name, words]) => Object.assign(new Curve(plot(name), words), { name }));
    this.nearest = new Nearest(plot("nearest"));
    this.nearest.again = () => this.ask();
    this.rates = new Rates(plot("rates"));
    this.rows = new Rows(plot("rows"));
    this.spoken = new Spoken(plot("spoken"));
    this.tools = new Tools(plot("tools"), this);
    this.handle = plot("handle");
    this.told = plot("told");
    this.tip = plot("tip");
    this.listen();
    this.watch = new ResizeObserver(() => this.shown && this.prepare());
    this.watch.observe(root);
  }

  // what Python sends: everything but the place of the line
  take(data, report) {
    this.report = report;
    const key = JSON.stringify([data.key, data.missed_costs, data.together]);
    if (data.key !== this.shown?.key) {
      this.counts = countsOf(data);
      this.known = new Known(data, this.counts, data.label);
    }
    this.known.exact = data.exact;
    this.nearest.take(data.images);
    const moved = data.threshold !== this.shown?.threshold || data.key !== this.shown?.key;
    this.shown = data;
    if (!this.echoes.hear(data.threshold) && moved) {
      this.threshold = data.threshold;
      this.echoes.forget();
    }
    if (key !== this.prepared) this.prepare();
    else this.hear();
    this.prepared = key;
    this.ask();
  }

  get views() {
    return [this.histogram, this.matrix, ...this.curves, this.nearest];
  }

  get context() {
    const label = this.shown.label, positives = this.counts.positives[label];
    return {
      missedCosts: this.shown.missed_costs, base: positives / (positives + this.counts.negatives[label]),
    };
  }

  prepare() {
    const theme = colours(this.root), label = this.shown.labels[this.shown.label];
    this.views.forEach((view) => view.fit(theme));
    const cellsOf = (step) => cellsAt(this.counts, this.shown.label, step);
    this.histogram.prepare(label, this.shown.classes);
    this.matrix.prepare(this.shown.classes);
    this.curves.forEach((curve) => curve.prepare(cellsOf, this.context));
    this.rates.prepare(this.shown.still, this.shown.words);
    this.rows.prepare(this.shown.labels, this.shown.label);
    this.handle.setAttribute("aria-label", `Threshold for ${label.name}`);
    this.hear();
    this.draw();
  }

  // lines of other labels that Python moved, and what is told of ours
  hear() {
    if (this.rows.lines.length) this.shown.labels.forEach((one, number) => this.writeRow(number, this.lineOf(number)));
    this.tell();
  }

  ask() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = null;
      this.draw();
    });
  }

  draw() {
    const threshold = this.threshold, cells = this.known.cells(threshold);
    this.histogram.move(threshold);
    this.matrix.move(cells);
    this.curves.forEach((curve) => curve.move(curve.point(cells, threshold, this.context)));
    this.nearest.move(threshold);
    this.rates.move(this.known, threshold, this.shown.missed_costs);
    if (this.shown.together) this.shown.labels.forEach((_, number) => this.writeRow(number, threshold));
    else if (this.rows.lines.length) this.rows.write(this.shown.label, threshold, cells);
    this.handle.style.left = `${threshold * 100}%`;
    this.drawn = performance.now();
  }

  // ours, which may have gone on since Python heard of it, or where Python has the line of another label
  lineOf(number) {
    return this.shown.together || number === this.shown.label ? this.threshold : this.shown.labels[number].threshold;
  }

  writeRow(number, threshold) {
    const exact = number === this.shown.label ? this.known.cells(threshold) : cellsAt(this.counts, number, Math.round(threshold * STEPS));
    this.rows.write(number, threshold, exact);
  }

  tell() {
    const cells = this.known.cells(this.threshold);
    const words = inWords(this.threshold, cells);
    this.handle.setAttribute("aria-valuenow", this.threshold.toFixed(3));
    this.handle.setAttribute("aria-valuetext", words);
    this.told.textContent = `Threshold ${words}`;
    this.spoken.write(this.shown, cells, this.rates);
  }

  moveTo(threshold) {
    this.threshold = Math.min(1, Math.max(0, Math.round(threshold * STEPS) / STEPS));
    this.ask();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), REST);
  }

  rest() {
    this.tell();
    if ((this.echoes.last ?? this.shown.threshold) !== this.threshold) this.echoes.tell(this.threshold);
    this.report(this.threshold);
  }

  listen() {
    const plot = this.histogram.plot, at = (event) => (event.clientX - plot.getBoundingClientRect().left) / plot.clientWidth;
    plot.onpointerdown = (event) => {
      plot.setPointerCapture(event.pointerId);
      this.handle.focus({ preventScroll: true });
      this.moveTo(at(event));
    };
    plot.onpointermove = (event) => event.buttons && this.moveTo(at(event));
    this.handle.onkeydown = (event) => this.onKey(event);
    this.curves.forEach((curve) => {
      curve.plot.onpointermove = (event) => this.hover(curve, event);
      curve.plot.onpointerleave = () => (this.tip.hidden = true);
      curve.plot.onclick = (event) => this.moveTo(this.stepUnder(curve, event) / STEPS);
    });
  }

  onKey(event) {
    const step = event.key === "Home" ? -STEPS : event.key === "End" ? STEPS : KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    const from = step > 0 ? Math.floor(this.threshold * STEPS) : Math.ceil(this.threshold * STEPS);
    this.moveTo((from + step * (event.shiftKey ? 10 : 1)) / STEPS);
  }

  stepUnder(curve, event) {
    const place = curve.plot.getBoundingClientRect();
    return curve.nearest(event.clientX - place.left, event.clientY - place.top);
  }

  hover(curve, event) {
    const step = this.stepUnder(curve, event);
    if (step === null) return;
    const { tp, fp, fn, tn } = cellsAt(this.counts, this.shown.label, step), home = this.root.getBoundingClientRect();
    this.tip.textContent = `threshold ${(step / STEPS).toFixed(3)}  TP ${tp}  FP ${fp}  FN ${fn}  TN ${tn}`;
    this.tip.hidden = false;
    const room = home.width - this.tip.offsetWidth - 4;
    this.tip.style.left = `${Math.max(0, Math.min(event.clientX - home.left + 12, room))}px`;
    this.tip.style.top = `${event.clientY - home.top - 34}px`;
  }

  end() {
    clearTimeout(this.resting);
    cancelAnimationFrame(this.asked);
    this.watch.disconnect();
  }
}

export default function (component) {
  const { data, parentElement, setStateValue } = component, root = parentElement.querySelector(".lab");
  if (!LABS.has(root)) LABS.set(root, new Lab(root));
  const lab = LABS.get(root);
  lab.take(data, (threshold) => setStateValue("threshold", threshold));
  return () => lab.end();
}
