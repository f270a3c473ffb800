// Scores of both classes and the line between what is called and what is not.

class Histogram extends Layered {
  prepare(label, classes) {
    const { negatives, positives } = label.histogram, theme = this.theme;
    this.floor = this.height - theme.font * 1.6;
    const top = theme.font * 1.5, most = Math.max(1, ...negatives, ...positives), wide = this.width / negatives.length;
    this.drawStill((context) => {
      [[negatives, theme.negative, 0], [positives, theme.positive, 0.5]].forEach(([bars, colour, shift]) => {
        context.fillStyle = colour;
        bars.forEach((count, bin) => {
          const high = count ? Math.max(2, ((this.floor - top) * count) / most) : 0;
          context.fillRect((bin + shift) * wide + 0.5, this.floor - high, wide / 2 - 0.5, high);
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
