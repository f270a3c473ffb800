// A plain slider: the browser's own, that tells Python of every step.

const SLIDERS = new WeakMap();

class Slider {
  constructor(root) {
    this.label = root.querySelector("label");
    this.output = root.querySelector("output");
    this.input = root.querySelector("input");
    this.echoes = new Echoes();
    this.input.oninput = () => {
      this.write();
      this.echoes.tell(this.input.valueAsNumber);
      this.report(this.input.valueAsNumber);
    };
  }

  take(data, report) {
    this.report = report;
    this.digits = data.digits;
    this.label.textContent = data.label;
    this.input.step = 10 ** -data.digits;
    if (!this.echoes.hear(data.threshold)) {
      this.echoes.forget();
      this.input.value = data.threshold;
    }
    this.write();
  }

  write() {
    this.output.textContent = this.input.valueAsNumber.toFixed(this.digits);
  }
}

export default function (component) {
  const { data, parentElement, setStateValue } = component, root = parentElement.querySelector(".slider");
  if (!SLIDERS.has(root)) SLIDERS.set(root, new Slider(root));
  SLIDERS.get(root).take(data, (threshold) => setStateValue("threshold", threshold));
}
