// A plain slider: the browser's own, that tells Python of every step.

const SLIDERS = new WeakMap();

class Slider {
  constructor(root) {
    this.label = root.querySelector("label");
    this.output = root.querySelector("output");
    this.input = root.querySelector("input");
    this.ends = root.querySelectorAll(".ends span");
    this.reported = []; // places that Python will send back: the hand may have gone on since, and the slider must not jump there
    this.input.oninput = () => {
      this.write();
      this.reported.push(this.input.valueAsNumber);
      this.report(this.input.valueAsNumber);
    };
  }

  take(data, report) {
    this.report = report;
    this.digits = data.digits;
    this.label.textContent = data.label;
    Object.assign(this.input, { min: data.low, max: data.high, step: data.step });
    [data.low, data.high].forEach((end, number) => (this.ends[number].textContent = end.toFixed(data.digits)));
    const echo = this.reported.lastIndexOf(data.value);
    if (echo >= 0) {
      this.reported.splice(0, echo + 1);
    } else {
      this.reported = [];
      this.input.value = data.value;
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
  SLIDERS.get(root).take(data, (value) => setStateValue("value", value));
}
