// The confusion matrix: numbers large, squares whose areas are true to the counts.

const CELLS = [["tn", 0, 0], ["fp", 1, 0], ["fn", 0, 1], ["tp", 1, 1]];

class Matrix extends Layered {
  prepare(classes) {
    this.left = this.theme.font * 1.4;
    this.top = this.theme.font * 1.4;
    this.wide = (this.width - this.left) / 2;
    this.high = (this.height - this.top) / 2;
    this.drawStill((context) => {
      context.fillStyle = this.theme.text;
      context.textAlign = "center";
      classes.forEach((name, number) => {
        context.fillText(`called ${name}`, this.left + this.wide * (number + 0.5), this.theme.font);
        context.save();
        context.translate(this.theme.font * 0.9, this.top + this.high * (number + 0.5));
        context.rotate(-Math.PI / 2);
        context.fillText(name, 0, 0, this.high - 4);
        context.restore();
      });
      context.strokeStyle = this.theme.grid;
      CELLS.forEach(([, column, row]) =>
        context.strokeRect(this.left + column * this.wide + 2, this.top + row * this.high + 2, this.wide - 4, this.high - 4));
      context.textAlign = "left";
    });
  }

  move(cells) {
    const n = cells.tp + cells.fp + cells.fn + cells.tn, room = Math.min(this.wide, this.high) - 6;
    this.draw((context) => {
      CELLS.forEach(([name, column, row]) => {
        const x = this.left + this.wide * (column + 0.5), y = this.top + this.high * (row + 0.5);
        const side = room * Math.sqrt(cells[name] / n);
        context.fillStyle = row ? this.theme.positive : this.theme.negative;
        context.globalAlpha = name === "tp" || name === "tn" ? 0.55 : 0.28;
        context.fillRect(x - side / 2, y - side / 2, side, side);
        context.globalAlpha = 1;
        context.fillStyle = this.theme.text;
        context.textAlign = "center";
        context.font = `600 ${this.theme.font * 1.5}px ${this.theme.family}`;
        context.fillText(cells[name].toLocaleString("en"), x, y + this.theme.font * 0.35);
        context.font = `${this.theme.font * 0.75}px ${this.theme.family}`;
        context.fillText(name.toUpperCase(), x, y + this.theme.font * 1.35);
        context.textAlign = "left";
      });
    });
  }
}
