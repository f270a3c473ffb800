// Buttons of the lab: fill the screen for a lecture, take the picture along, take the counts along.

class Tools {
  constructor(place, lab) {
    this.lab = lab;
    const [lecture, png, svg, table] = place.querySelectorAll("button");
    lecture.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : lab.root.requestFullscreen());
    png.onclick = () => this.asPng();
    svg.onclick = () => this.asSvg();
    table.onclick = () => this.save(new Blob([this.counts()], { type: "text/csv" }), "csv");
  }

  get name() {
    const shown = this.lab.shown;
    return `lab-${shown.labels[shown.label].name}-${shown.split}`.replace(/[^A-Za-z0-9.-]+/g, "-");
  }

  save(blob, kind) {
    handOut(blob, `${this.name}.${kind}`);
  }

  // one row for each place of the line
  counts() {
    const lines = ["threshold,TP,FP,FN,TN"];
    for (let step = 0; step <= STEPS; step += 1) {
      const { tp, fp, fn, tn } = cellsAt(this.lab.counts, this.lab.shown.label, step);
      lines.push([(step / STEPS).toFixed(3), tp, fp, fn, tn].join());
    }
    return `${lines.join("\n")}\n`;
  }

  // sharp on this screen
  asPng() {
    const { width, height } = this.lab.root.getBoundingClientRect(), scale = window.devicePixelRatio || 1;
    const sheet = document.createElement("canvas"), context = sheet.getContext("2d");
    sheet.width = Math.round(width * scale);
    sheet.height = Math.round(height * scale);
    context.scale(scale, scale);
    this.paintOn(context);
    sheet.toBlob((blob) => this.save(blob, "png"));
  }

  asSvg() {
    const { width, height } = this.lab.root.getBoundingClientRect(), written = new Written(width, height);
    this.paintOn(written);
    this.save(new Blob([written.text], { type: "image/svg+xml" }), "svg");
  }

  paintOn(context) {
    const root = this.lab.root, home = root.getBoundingClientRect();
    context.fillStyle = colours(root).paper;
    context.fillRect(0, 0, home.width, home.height);
    for (const view of this.lab.views.filter((one) => !one.plot.hidden)) {
      const place = view.plot.getBoundingClientRect();
      context.save();
      context.translate(place.left - home.left, place.top - home.top);
      view.paintOn(context);
      context.restore();
    }
    root.querySelectorAll(".rate dt, .rate dd, .rows th, .rows td").forEach((cell) => this.paintCell(context, cell, home));
  }

  paintCell(context, cell, home) {
    const place = cell.getBoundingClientRect(), style = getComputedStyle(cell), right = style.textAlign === "right";
    if (!place.width) return;
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = style.color;
    context.textAlign = right ? "right" : "left";
    context.textBaseline = "middle";
    context.fillText(cell.textContent, (right ? place.right : place.left) - home.left, place.top + place.height / 2 - home.top);
  }
}
