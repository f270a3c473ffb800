// Places that were told to Python, which sends them back: the hand may have gone on since, and nothing must jump there.

class Echoes {
  constructor() {
    this.forget();
  }

  get last() {
    return this.told.at(-1);
  }

  tell(place) {
    this.told.push(place);
  }

  // whether Python sends a place that it was told; whatever was told before it is answered too
  hear(place) {
    const at = this.told.lastIndexOf(place);
    this.told.splice(0, at + 1);
    return at >= 0;
  }

  forget() {
    this.told = [];
  }
}
