// The numbers: those that move with the line, and those that stay.

const NAMES = {
  sensitivity: "Sensitivity", specificity: "Specificity", precision: "PPV", npv: "NPV", f1: "F1", accuracy: "Accuracy",
  youden: "Youden's J", flagged: "Flagged", cost: "Cost per image", benefit: "Net benefit",
};

// an equal text is left alone, so that nothing is laid out or spoken again
const put = (place, text) => place.textContent !== text && (place.textContent = text);
const shown = (value) => (value === null || value === undefined ? "n/a" : value.toFixed(3));

const inWords = (threshold, cells) =>
  `${threshold.toFixed(3)}: ${cells.fn} missed, ${cells.fp} falsely alarmed, `
  + `sensitivity ${shown(RATES.sensitivity(cells)[0])}, specificity ${shown(RATES.specificity(cells)[0])}`;

function rateCard(name, title, words, still) {
  const card = document.createElement("div");
  card.className = still ? "rate still" : "rate";
  card.innerHTML = '<dt class="name"></dt><dd class="value"></dd><dd class="range"></dd>';
  Object.assign(card, { title: words ?? "" }).dataset.rate = name;
  card.firstChild.textContent = title;
  return { title, card, value: card.children[1], range: card.children[2] };
}

class Rates {
  constructor(place) {
    this.place = place;
  }

  prepare(still, words) {
    this.place.replaceChildren();
    this.words = words;
    this.cards = {};
    for (const [name, title] of Object.entries(NAMES)) this.add(name, title, false);
    for (const { name, title, value, low, high } of still) this.write(this.add(name, title, true), value, low === null ? null : [low, high]);
  }

  add(name, title, still) {
    this.cards[name] = rateCard(name, title, this.words[name], still);
    this.place.append(this.cards[name].card);
    return this.cards[name];
  }

  write(card, value, range) {
    put(card.value, shown(value));
    put(card.range, range ? `${shown(range[0])} to ${shown(range[1])}` : "\u00a0");
  }

  move(known, threshold, missedCosts) {
    const cells = known.cells(threshold);
    for (const name of Object.keys(RATES)) this.write(this.cards[name], ...known.rate(name, threshold));
    this.write(this.cards.cost, costOf(cells, missedCosts), null);
    this.write(this.cards.benefit, netBenefit(cells, threshold), null);
  }
}
