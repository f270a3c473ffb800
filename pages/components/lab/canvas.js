// Drawing: a canvas as sharp as the screen, a layer that is drawn once, and the theme's colours.

function colours(host) {
  const style = getComputedStyle(host);
  const of = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: of("--st-text-color", "#222"), paper: of("--st-background-color", "#fff"), grid: of("--st-border-color", "#ccc"),
    line: of("--st-primary-color", "#1F77B8"), negative: "#56B4E9", positive: "#D55E00",
    font: parseFloat(style.fontSize) || 14, family: style.fontFamily,
  };
}

class Layered {
  constructor(plot) {
    this.plot = plot;
    this.canvas = plot.querySelector("canvas");
    this.still = document.createElement("canvas");
  }

  fit(theme) {
    const scale = window.devicePixelRatio || 1;
    this.theme = theme;
    this.width = this.plot.clientWidth;
    this.height = this.plot.clientHeight;
    for (const canvas of [this.canvas, this.still]) {
      canvas.width = Math.round(this.width * scale);
      canvas.height = Math.round(this.height * scale);
      canvas.getContext("2d").setTransform(scale, 0, 0, scale, 0, 0);
    }
  }

  drawStill(draw) {
    this.paintStill = draw;
    const context = this.still.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    context.font = `${this.theme.font * 0.82}px ${this.theme.family}`;
    draw(context);
  }

  draw(draw) {
    this.paintMoving = draw;
    if (!this.width || !this.height) return;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    context.drawImage(this.still, 0, 0, this.width, this.height);
    context.font = `${this.theme.font * 0.82}px ${this.theme.family}`;
    draw(context);
  }

  // the view as it stands, and nothing beyond its edges, into any drawing that is like a canvas's
  paintOn(context) {
    context.beginPath();
    context.rect(0, 0, this.width, this.height);
    context.clip();
    for (const paint of [this.paintStill, this.paintMoving]) {
      context.font = `${this.theme.font * 0.82}px ${this.theme.family}`;
      if (paint) paint(context);
    }
  }
}

function dot(context, x, y, theme) {
  context.beginPath();
  context.arc(x, y, theme.font * 0.42, 0, 2 * Math.PI);
  context.fillStyle = theme.line;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = theme.paper;
  context.stroke();
}
