// The plain lab: the browser's own slider, and the numbers of the line as a table and as tiles, which follow each step at once.

const PLAINS = new WeakMap();
const DIGITS = Math.log10(STEPS);
const TABLE = [["tn", "fp"], ["fn", "tp"]];

class Plain {
  constructor(root) {
    const part = (name) => root.querySelector(name);
    [this.label, this.output, this.input] = ["label", "output", "input"].map(part);
    this.cells = new Cells(part(".cells"));
    this.rates = new Rates(part(".rates"));
    this.echoes = new Echoes();
    this.input.step = 1 / STEPS;
    this.input.oninput = () => {
      this.threshold = Math.round(this.input.valueAsNumber * STEPS) / STEPS;
      this.write();
      this.echoes.tell(this.threshold);
      this.report(this.threshold);
    };
  }

  take(data, report) {
    this.report = report;
    put(this.label, data.name);
    const key = JSON.stringify([data.key, data.missed_costs]);
    if (key !== this.key) this.prepare(data);
    this.key = key;
    this.known.exact = data.exact;
    if (!this.echoes.hear(data.threshold)) {
      this.echoes.forget();
      this.threshold = this.input.value = data.threshold;
    }
    this.write();
  }

  prepare(data) {
    this.known = new Known(data, countsOf(data), 0);
    this.missedCosts = data.missed_costs;
    this.cells.prepare(data.classes);
    this.rates.prepare(data.still, data.words);
  }

  write() {
    const cells = this.known.cells(this.threshold);
    put(this.output, this.threshold.toFixed(DIGITS));
    this.input.setAttribute("aria-valuetext", inWords(this.threshold, cells));
    this.cells.write(cells);
    this.rates.move(this.known, this.threshold, this.missedCosts);
  }
}

// The confusion matrix as a table.
class Cells {
  constructor(table) {
    this.table = table;
  }

  prepare(classes) {
    this.table.replaceChildren();
    const head = this.table.createTHead().insertRow(), body = this.table.createTBody();
    ["", ...classes.map((name) => `called ${name}`)].forEach((text) => this.heading(head, "col", text));
    this.places = TABLE.flatMap((names, number) => {
      const row = body.insertRow();
      this.heading(row, "row", classes[number]);
      return names.map((name) => [name, row.insertCell()]);
    });
  }

  heading(row, scope, text) {
    row.append(Object.assign(document.createElement(text ? "th" : "td"), { scope, textContent: text }));
  }

  write(cells) {
    for (const [name, place] of this.places) put(place, cells[name].toLocaleString("en"));
  }
}

export default function (component) {
  const { data, parentElement, setStateValue } = component, root = parentElement.querySelector(".plain");
  if (!PLAINS.has(root)) PLAINS.set(root, new Plain(root));
  PLAINS.get(root).take(data, (threshold) => setStateValue("threshold", threshold));
}
