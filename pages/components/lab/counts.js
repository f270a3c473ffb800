// Counts at 1,001 thresholds, and what follows from the four cells of a table. What is undefined is null, never NaN.

const STEPS = 1000;
const Z = 1.959963984540054; // 95 %

function decoded(text, Kind) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Kind(bytes.buffer);
}

const countsOf = ({ tp, fp, positives, negatives }) => ({ tp: decoded(tp, Int32Array), fp: decoded(fp, Int32Array), positives, negatives });

function cellsAt(counts, label, step) {
  const at = label * (STEPS + 1) + step;
  const tp = counts.tp[at], fp = counts.fp[at];
  return { tp, fp, fn: counts.positives[label] - tp, tn: counts.negatives[label] - fp };
}

const ratio = (part, whole) => (whole > 0 ? part / whole : null);

// Each gives [value, part, whole] where it is a share of images, so that it has Wilson's interval, and [value] otherwise.
const RATES = {
  sensitivity: ({ tp, fn }) => [ratio(tp, tp + fn), tp, tp + fn],
  specificity: ({ tn, fp }) => [ratio(tn, tn + fp), tn, tn + fp],
  precision: ({ tp, fp }) => [ratio(tp, tp + fp), tp, tp + fp],
  npv: ({ tn, fn }) => [ratio(tn, tn + fn), tn, tn + fn],
  f1: ({ tp, fp, fn }) => [ratio(2 * tp, 2 * tp + fp + fn)],
  accuracy: ({ tp, fp, fn, tn }) => [ratio(tp + tn, tp + fp + fn + tn), tp + tn, tp + fp + fn + tn],
  youden: ({ tp, fp, fn, tn }) => [tp + fn > 0 && tn + fp > 0 ? tp / (tp + fn) + tn / (tn + fp) - 1 : null],
  flagged: ({ tp, fp, fn, tn }) => [ratio(tp + fp, tp + fp + fn + tn), tp + fp, tp + fp + fn + tn],
};

function wilson(part, whole) {
  if (!(whole > 0)) return null;
  const z2 = Z * Z, centre = part + z2 / 2, half = Z * Math.sqrt((part * (whole - part)) / whole + z2 / 4);
  return [part === 0 ? 0 : (centre - half) / (whole + z2), part === whole ? 1 : (centre + half) / (whole + z2)];
}

function costOf({ tp, fp, fn, tn }, missedCosts) {
  return (missedCosts * fn + fp) / (tp + fp + fn + tn);
}

function netBenefit({ tp, fp, fn, tn }, threshold) {
  return threshold < 1 ? (tp - (fp * threshold) / (1 - threshold)) / (tp + fp + fn + tn) : null;
}

// What is known of one label wherever the line stands: at each step, and at a few thresholds between two exactly.
class Known {
  constructor({ limits, clustered }, counts, label) {
    Object.assign(this, { counts, label, clustered, names: limits.names, limits: decoded(limits.packed, Float32Array) });
    this.exact = [];
  }

  cells(threshold) {
    return this.exactly(threshold) ?? cellsAt(this.counts, this.label, Math.round(threshold * STEPS));
  }

  // a rate's value and its 95 % interval, null where there is none
  rate(name, threshold) {
    const [value, part, whole] = RATES[name](this.cells(threshold));
    return [value, whole && !this.clustered ? wilson(part, whole) : this.drawn(name, threshold)];
  }

  drawn(name, threshold) {
    const exact = this.exactly(threshold);
    if (exact) return exact.limits[name] ?? null;
    const low = this.names.indexOf(name) * 2 * (STEPS + 1) + Math.round(threshold * STEPS), high = low + STEPS + 1;
    return this.names.includes(name) && !isNaN(this.limits[low]) ? [this.limits[low], this.limits[high]] : null;
  }

  exactly(threshold) {
    return this.exact.find((one) => one.threshold === threshold);
  }
}
