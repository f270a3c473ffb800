// The images whose scores lie nearest to the line: below it on the left, called on the right. They change sides as it passes.

class Nearest extends Layered {
  // sets of pictures, the one to prefer first; what came before is kept as it is
  take(sets) {
    const before = new Map((this.sets || []).map((one) => [one.sheet, one.picture]));
    this.sets = sets.map((one) => ({
      ...one, scores: decoded(one.scores, Float32Array), truths: decoded(one.truths, Uint8Array),
      picture: before.get(one.sheet) || this.pictureOf(one.sheet),
    }));
    this.plot.hidden = !sets.length;
  }

  pictureOf(sheet) {
    const picture = new Image();
    picture.onload = () => this.again && this.again();
    picture.src = sheet;
    return picture;
  }

  // the first set that has all the images beside the line, or the last one
  setAt(threshold, each) {
    const last = this.sets.length - 1;
    for (const [number, set] of this.sets.entries()) {
      const below = firstFrom(set.scores, threshold), called = set.scores.length - below;
      const hasAll = set.whole && (set.opens || below >= each) && (set.closes || called >= each);
      if (number === last || (hasAll && set.picture.complete)) return [set, below];
    }
  }

  move(threshold) {
    if (!this.sets.length) return;
    const theme = this.theme, side = this.height - theme.font * 1.5, each = Math.max(1, Math.floor(this.width / 2 / (side + 6)));
    const [{ scores, truths, tile, columns, picture }, first] = this.setAt(threshold, each);
    this.draw((context) => {
      for (let place = -each; place < each; place += 1) {
        const image = first + place;
        if (image < 0 || image >= scores.length) continue;
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

// how many ascending scores lie below a threshold
function firstFrom(scores, threshold) {
  const place = Math.fround(threshold);
  let first = 0;
  while (first < scores.length && scores[first] < place) first += 1;
  return first;
}
