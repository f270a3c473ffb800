// The numbers of the lab as a table, for those who hear the page; written when the line comes to rest.

const CELL_NAMES = { tp: "True positives", fp: "False positives", fn: "False negatives, missed", tn: "True negatives" };

class Spoken {
  constructor(table) {
    this.table = table;
  }

  write(shown, cells, rates) {
    this.table.replaceChildren();
    this.table.createCaption().textContent = `${shown.labels[shown.label].name} at the line`;
    for (const [name, title] of Object.entries(CELL_NAMES)) this.line(title, String(cells[name]), "");
    for (const { title, value, range } of Object.values(rates.cards)) this.line(title, value.textContent, range.textContent.trim());
  }

  line(title, value, range) {
    const line = this.table.insertRow(), head = document.createElement("th");
    head.scope = "row";
    head.textContent = title;
    line.append(head);
    line.insertCell().textContent = value;
    line.insertCell().textContent = range;
  }
}
