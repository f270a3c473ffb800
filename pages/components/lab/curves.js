// A curve through 1,001 thresholds, and the point on it where the line stands. Hover tells threshold and counts.

class Curve extends Layered {
  constructor(plot, { title, across, upward, point, guides, share }) {
    super(plot);
    Object.assign(this, { title, across, upward, point, guides: guides || (() => []), share });
  }

  // `points` are [x, y] by step, null where undefined
  prepare(cellsOf, context) {
    this.points = Array.from({ length: STEPS + 1 }, (_, step) => this.point(cellsOf(step), step / STEPS, context));
    const guides = this.guides(cellsOf, context), known = this.points.concat(...guides).filter(Boolean).map(([, y]) => y);
    const high = Math.max(1e-9, ...known); // what lies far below zero is cut off: it says no more than "worse than nothing"
    [this.low, this.high] = this.share ? [0, 1] : [Math.max(Math.min(0, ...known), -high / 2), high];
    this.box = { left: this.theme.font * 2.1, top: this.theme.font * 1.5, right: this.width - 6, bottom: this.height - this.theme.font * 1.7 };
    this.drawStill((drawing) => {
      this.frame(drawing);
      guides.forEach((guide) => this.path(drawing, guide, this.theme.grid, 1.5, [4, 3]));
      this.path(drawing, this.points, this.theme.text, 2, []);
    });
  }

  at([x, y]) {
    const { left, top, right, bottom } = this.box, share = (y - this.low) / (this.high - this.low);
    return [left + (right - left) * x, bottom - (bottom - top) * Math.min(1, Math.max(0, share))];
  }

  frame(context) {
    const { left, top, right, bottom } = this.box, theme = this.theme;
    context.strokeStyle = theme.grid;
    context.strokeRect(left, top, right - left, bottom - top);
    context.fillStyle = theme.text;
    context.font = `600 ${theme.font * 0.86}px ${theme.family}`;
    context.fillText(this.title, Math.max(0, Math.min(left, this.width - context.measureText(this.title).width)), theme.font);
    context.font = `${theme.font * 0.74}px ${theme.family}`;
    context.fillText(this.across, left, this.height - 3);
    context.textAlign = "right";
    context.fillText(this.high.toPrecision(2).replace(/\.0$/, ""), left - 3, top + theme.font * 0.6);
    context.fillText(this.low.toPrecision(2).replace(/\.0$/, ""), left - 3, bottom);
    context.textAlign = "left";
  }

  path(context, points, colour, width, dash) {
    context.beginPath();
    context.setLineDash(dash);
    context.lineWidth = width;
    context.strokeStyle = colour;
    let pen = false;
    for (const point of points) {
      if (point) pen ? context.lineTo(...this.at(point)) : context.moveTo(...this.at(point));
      pen = Boolean(point);
    }
    context.stroke();
    context.setLineDash([]);
  }

  move(point) {
    this.draw((context) => point && dot(context, ...this.at(point), this.theme));
  }

  // the step whose point lies nearest to (x, y) in pixels
  nearest(x, y) {
    let best = null, least = Infinity;
    this.points.forEach((point, step) => {
      if (!point) return;
      const [px, py] = this.at(point), distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [least, best] = [distance, step];
    });
    return best;
  }
}

function treatAll(cellsOf, { base }) {
  return Array.from({ length: STEPS }, (_, step) => [step / STEPS, base - ((1 - base) * step) / (STEPS - step)]);
}

const CURVES = {
  roc: { title: "ROC", across: "1 - specificity", share: true, guides: () => [[[0, 0], [1, 1]]],
    point: ({ tp, fp, fn, tn }) => (tp + fn && fp + tn ? [fp / (fp + tn), tp / (tp + fn)] : null) },
  pr: { title: "Precision and recall", across: "recall", share: true, guides: (_, { base }) => [[[0, base], [1, base]]],
    point: ({ tp, fp, fn }) => (tp + fp && tp + fn ? [tp / (tp + fn), tp / (tp + fp)] : null) },
  cost: { title: "Cost per image", across: "threshold", share: false,
    point: (cells, threshold, { missedCosts }) => [threshold, costOf(cells, missedCosts)] },
  benefit: { title: "Net benefit", across: "threshold", share: false,
    guides: (cellsOf, context) => [[[0, 0], [1, 0]], treatAll(cellsOf, context)],
    point: (cells, threshold) => (threshold < 0.99 ? [threshold, netBenefit(cells, threshold)] : null) },
};
