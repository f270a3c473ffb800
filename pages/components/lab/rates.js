// The numbers: those that move with the line, and those that stay.

const NAMES = {
  sensitivity: "Sensitivity", specificity: "Specificity", precision: "PPV", npv: "NPV", f1: "F1", accuracy: "Accuracy",
  youden: "Youden's J", flagged: "Flagged", cost: "Cost per image", benefit: "Net benefit",
};

const shown = (value) => (value === null || value === undefined ? "n/a" : value.toFixed(3));

function rateCard(name, title, still) {
  const card = document.createElement("div");
  card.className = still ? "rate still" : "rate";
  card.innerHTML = '<div class="name"></div><div class="value"></div><div class="range"></div>';
  card.dataset.rate = name;
  card.firstChild.textContent = title;
  return { card, value: card.children[1], range: card.children[2] };
}

class Rates {
  constructor(place) {
    this.place = place;
  }

  prepare(still) {
    this.place.replaceChildren();
    this.cards = {};
    for (const [name, title] of Object.entries(NAMES)) this.add(name, title, false);
    for (const { name, title, value, low, high } of still) {
      const card = this.add(name, title, true);
      card.value.textContent = shown(value);
      card.range.textContent = low === null ? "\u00a0" : `${shown(low)} to ${shown(high)}`;
    }
  }

  add(name, title, still) {
    this.cards[name] = rateCard(name, title, still);
    this.place.append(this.cards[name].card);
    return this.cards[name];
  }

  // `rested` has limits that Python made for the place where the line came to rest
  move(cells, threshold, { missedCosts, clustered, rested }) {
    const limits = rested && rested.threshold === threshold ? rested.limits : {};
    for (const [name, rate] of Object.entries(RATES)) {
      const [value, part, whole] = rate(cells), range = whole && !clustered ? wilson(part, whole) : limits[name];
      this.cards[name].value.textContent = shown(value);
      this.cards[name].range.textContent = range ? `${shown(range[0])} to ${shown(range[1])}` : "\u00a0";
    }
    this.cards.cost.value.textContent = shown(costOf(cells, missedCosts));
    this.cards.benefit.value.textContent = shown(netBenefit(cells, threshold));
  }
}
