// Scores of both classes, each bar a share of its own class, so that a rare one is seen; and the line.

function shares(counts) {
  const all = Math.max(1, counts.reduce((sum, count) => sum + count, 0));
  return counts.map((count) => count / all);
}

class Histogram extends Layered {
  prepare(label, classes) {
    const { negatives, positives } = label.histogram, theme = this.theme;
    this.floor = this.height - theme.font * 1.6;
    const top = theme.font * 1.5, wide = this.width / negatives.length, [low, high] = [negatives, positives].map(shares);
    const most = Math.max(1e-9, ...low, ...high);
    this.drawStill((context) => {
      [[low, theme.negative, 0], [high, theme.positive, 0.5]].forEach(([bars, colour, shift]) => {
        context.fillStyle = colour;
        bars.forEach((share, bin) => {
          const tall = share ? Math.max(2, ((this.floor - top) * share) / most) : 0;
          context.fillRect((bin + shift) * wide + 0.5, this.floor - tall, wide / 2 - 0.5, tall);
        });
      });
      context.fillStyle = theme.text;
      context.fillText("score 0", 0, this.height - 3);
      context.textAlign = "right";
      context.fillText("1", this.width, this.height - 3);
      context.textAlign = "left";
      this.legend(context, classes);
    });
  }

  legend(context, classes) {
    let x = 0;
    [[this.theme.negative, classes[0]], [this.theme.positive, classes[1]]].forEach(([colour, name]) => {
      context.fillStyle = colour;
      context.fillRect(x, 2, 10, 10);
      context.fillStyle = this.theme.text;
      context.fillText(name, x + 14, 12);
      x += context.measureText(name).width + 30;
    });
    context.fillText("bars: share of each class", x, 12);
  }

  move(threshold) {
    const theme = this.theme, x = threshold * this.width;
    this.draw((context) => {
      context.fillStyle = theme.line;
      context.globalAlpha = 0.1;
      context.fillRect(x, theme.font * 1.4, this.width - x, this.floor - theme.font * 1.4);
      context.globalAlpha = 1;
      context.fillRect(Math.min(Math.max(x - 1.5, 0), this.width - 3), theme.font * 1.3, 3, this.floor - theme.font * 1.3);
      const words = `${threshold.toFixed(3)} and above is called`;
      const wide = context.measureText(words).width;
      context.fillStyle = theme.text;
      context.fillText(words, Math.min(Math.max(x - wide / 2, theme.font * 4), this.width - wide - theme.font), this.height - 3);
    });
  }
}
