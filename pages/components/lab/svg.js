// What is drawn on a canvas, written down as SVG: as much of a canvas's context as the lab's views use.

const STYLE = ["fillStyle", "strokeStyle", "lineWidth", "globalAlpha", "textAlign", "textBaseline", "font", "turns"];

class Written {
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], open: [], points: "", dash: [] });
    Object.assign(this, { fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, globalAlpha: 1 });
    Object.assign(this, { textAlign: "left", textBaseline: "alphabetic", font: "12px sans-serif" });
    this.turns = 0; // groups that are open
    this.clips = 0;
    this.measuring = document.createElement("canvas").getContext("2d");
  }

  get text() {
    const size = `width="${round(this.width)}" height="${round(this.height)}" viewBox="0 0 ${round(this.width)} ${round(this.height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${this.parts.join("\n")}</svg>\n`;
  }

  write(name, attributes, content = "") {
    const told = Object.entries(attributes).map(([key, value]) => `${key}="${typeof value === "number" ? round(value) : plain(value)}"`);
    this.parts.push(`<${name} ${told.join(" ")}>${plain(content)}</${name}>`);
  }

  save() {
    this.open.push(Object.fromEntries(STYLE.map((name) => [name, this[name]])));
  }

  restore() {
    const before = this.open.pop();
    this.parts.push("</g>".repeat(this.turns - before.turns));
    Object.assign(this, before);
  }

  turn(transform) {
    this.parts.push(`<g transform="${transform}">`);
    this.turns += 1;
  }

  translate(x, y) {
    this.turn(`translate(${round(x)} ${round(y)})`);
  }

  rotate(angle) {
    this.turn(`rotate(${round((angle * 180) / Math.PI)})`);
  }

  fillRect(x, y, width, height) {
    if (width > 0 && height > 0) this.write("rect", { x, y, width, height, fill: this.fillStyle, "fill-opacity": this.globalAlpha });
  }

  strokeRect(x, y, width, height) {
    this.write("rect", { x, y, width, height, fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth });
  }

  measureText(words) {
    this.measuring.font = this.font;
    return this.measuring.measureText(words);
  }

  fillText(words, x, y, room = Infinity) {
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign];
    const baseline = this.textBaseline === "middle" ? { "dominant-baseline": "central" } : {};
    const fit = this.measureText(words).width > room ? { textLength: room, lengthAdjust: "spacingAndGlyphs" } : {};
    this.write("text", { x, y, fill: this.fillStyle, "text-anchor": anchor, style: `font: ${this.font}`, ...baseline, ...fit }, words);
  }

  beginPath() {
    this.points = "";
  }

  moveTo(x, y) {
    this.points += `M${round(x)} ${round(y)}`;
  }

  lineTo(x, y) {
    this.points += `L${round(x)} ${round(y)}`;
  }

  rect(x, y, width, height) {
    this.points += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
  }

  // until the style is restored
  clip() {
    const name = `clip${(this.clips += 1)}`;
    this.parts.push(`<clipPath id="${name}"><path d="${this.points}"/></clipPath>`, `<g clip-path="url(#${name})">`);
    this.turns += 1;
  }

  // whole circles alone
  arc(x, y, radius) {
    const [across, r] = [round(2 * radius), round(radius)];
    this.points += `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${across} 0a${r} ${r} 0 1 0 -${across} 0`;
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  stroke() {
    const dashed = this.dash.length ? { "stroke-dasharray": this.dash.join(" ") } : {};
    this.write("path", { d: this.points, fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth, ...dashed });
  }

  fill() {
    this.write("path", { d: this.points, fill: this.fillStyle });
  }

  drawImage(picture, left, top, wide, tall, x, y, width, height) {
    const piece = document.createElement("canvas");
    Object.assign(piece, { width: wide, height: tall });
    piece.getContext("2d").drawImage(picture, left, top, wide, tall, 0, 0, wide, tall);
    this.write("image", { href: piece.toDataURL(), x, y, width, height });
  }
}

function round(number) {
  return Math.round(number * 100) / 100;
}

function plain(words) {
  return String(words).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
