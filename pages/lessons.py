"""Ten short lessons on what a decision threshold does, on simulated scores or one's own, with tasks that are checked at once."""

from pages.components import lesson_cards, lesson_place, lesson_room, view

root = view.open_page(
    "Lessons", "Ten short lessons on what a threshold does: one idea each, a live figure, tasks that are checked at once."
)
lesson = None
with view.told(stop=False):
    lesson = lesson_place.opened()

with view.told():
    if lesson is None:
        lesson_cards.show(root)
    else:
        lesson_room.show(root, lesson)
