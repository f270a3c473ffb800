// All labels in a table: each at its own threshold, or all at the line.

const COLUMNS = ["threshold", "TP", "FP", "FN", "TN", "sensitivity", "specificity", "PPV", "F1"];

class Rows {
  constructor(place) {
    this.place = place;
  }

  prepare(labels, here) {
    this.place.replaceChildren();
    this.lines = [];
    if (labels.length < 2) return;
    const table = document.createElement("table"), head = table.createTHead().insertRow(), body = table.createTBody();
    for (const title of ["label", ...COLUMNS]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = title;
      head.append(cell);
    }
    labels.forEach((label, number) => {
      const line = body.insertRow();
      line.className = number === here ? "here" : "";
      line.insertCell().textContent = label.name;
      this.lines.push(COLUMNS.map(() => line.insertCell()));
    });
    this.place.append(table);
    this.place.tabIndex = this.place.scrollWidth > this.place.clientWidth ? 0 : -1; // on phones it scrolls, and keys must reach it
  }

  write(number, threshold, cells) {
    const values = [
      threshold.toFixed(3), cells.tp, cells.fp, cells.fn, cells.tn,
      ...["sensitivity", "specificity", "precision", "f1"].map((name) => shown(RATES[name](cells)[0])),
    ];
    values.forEach((value, column) => (this.lines[number][column].textContent = value));
  }
}
