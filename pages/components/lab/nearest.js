// The images whose scores lie nearest to the line: below it on the left, called on the right. They change sides as it passes.

class Nearest extends Layered {
  prepare(images) {
    this.images = images;
    this.still.getContext("2d").clearRect(0, 0, this.width, this.height);
    if (images && !images.picture) {
      images.picture = new Image();
      images.picture.onload = () => this.again && this.again();
      images.picture.src = images.sheet;
    }
  }

  move(threshold) {
    if (!this.images) return;
    const { scores, truths, tile, columns, picture } = this.images, theme = this.theme;
    const side = this.height - theme.font * 1.5, each = Math.max(1, Math.floor(this.width / 2 / (side + 6)));
    let first = 0;
    while (first < scores.length && scores[first] < Math.fround(threshold)) first += 1;
    this.shown = [];
    this.draw((context) => {
      for (let place = -each; place < each; place += 1) {
        const image = first + place;
        if (image < 0 || image >= scores.length) continue;
        this.shown.push(image);
        const x = this.width / 2 + place * (side + 6) + 3;
        if (picture.complete) {
          context.drawImage(picture, (image % columns) * tile, Math.floor(image / columns) * tile, tile, tile, x, 0, side, side);
        }
        context.lineWidth = 3;
        context.strokeStyle = truths[image] ? theme.positive : theme.negative;
        context.strokeRect(x + 1.5, 1.5, side - 3, side - 3);
        context.fillStyle = theme.text;
        context.fillText(scores[image].toFixed(3), x, this.height - 3);
      }
      context.fillStyle = theme.line;
      context.fillRect(this.width / 2 - 1.5, 0, 3, this.height);
    });
  }
}
