// An axis of a chart: numbers between two ends, or names one below the other.

const PADDING = 0.06; // of the span, where the figure gives no ends
const STEPS_OF_TEN = [1, 2, 5, 10];

class Axis {
  // `found` is all that stands on it
  constructor(words, found) {
    this.title = words.title?.text || "";
    this.grid = words.gridcolor;
    this.least = words.dtick ? 1 : 0; // whole numbers alone, of epochs
    this.names = words.type === "category" ? [...new Set(found)] : null;
    const known = found.filter(Number.isFinite), [least, most] = [Math.min(...known), Math.max(...known)];
    const room = (most - least || Math.abs(most) || 1) * PADDING;
    this.whole = this.names ? [this.names.length - 0.5, -0.5] : words.range || [least - room, most + room];
    this.ends = this.whole;
  }

  // `from` and `to` are the pixels of its ends
  fit(from, to) {
    [this.from, this.to] = [from, to];
  }

  at(value) {
    const [low, high] = this.ends, place = this.names ? this.names.indexOf(value) : value;
    return this.from + ((this.to - this.from) * (place - low)) / (high - low);
  }

  value(pixel) {
    const [low, high] = this.ends;
    return low + ((high - low) * (pixel - this.from)) / (this.to - this.from);
  }

  // about `most` round values, each with its words
  ticks(most) {
    if (this.names) return this.names.map((name) => [name, name]);
    const [low, high] = this.ends, rough = Math.max(this.least, (high - low) / most), ten = 10 ** Math.floor(Math.log10(rough));
    const step = ten * STEPS_OF_TEN.find((one) => one * ten >= rough * 0.9), digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => [(first + k) * step, ((first + k) * step).toFixed(digits)]);
  }
}
