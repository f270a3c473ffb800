"""All ten lessons walked in Chromium: each task wrong, then right; a link opens a state; progress survives a reload."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.lessons import curves, validation
from core.lessons.course import LESSONS, lesson_of
from core.lessons.lesson import Lesson
from core.lessons.material import Material
from core.lessons.task import NumberTask, Task
from tests.browser.conftest import settled
from tests.made_scores import made_runs


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, page.url


def line_of(page: Page):
    return page.get_by_role("slider", name=re.compile("^Threshold for"))


def give(page: Page, lesson: Lesson, material: Material, task: Task, given: float | int) -> str:
    """Answer a task as a visitor does; what is said to it, as the eye sees it."""
    place = page.locator(f".st-key-task_{lesson.lesson_id}_{task.name}")
    if isinstance(task, NumberTask):
        place.get_by_role("spinbutton").fill(f"{given:.{task.digits}f}")
    else:
        place.locator("label").filter(has_text=re.compile(f"^{re.escape(lesson.told(task.options[given].text, material))}$")).click()
    place.get_by_role("button", name="Check").click()
    judgement = task.judge(given, material)
    said = place.get_by_test_id("stAlert").filter(has_text=lesson.told(judgement.words, material))
    expect(said).to_have_count(1)
    return said.inner_text()


def wrong_and_right(task: Task, material: Material) -> tuple[float | int, float | int]:
    found = task.answer(material)
    if isinstance(task, NumberTask):
        return round(found + 3 * task.tolerance + 1, task.digits), round(found, task.digits)
    return next(place for place in range(len(task.options)) if place not in found), found[0]


@pytest.mark.timeout(300)
def test_every_lesson_is_walked_each_task_wrong_then_right_and_what_was_solved_stays(server, visit):
    page = visit(f"{server.url}/lessons")
    expect(page.get_by_text("0 of 30 tasks solved in all lessons")).to_be_visible()
    page.locator(".st-key-open_threshold").get_by_role("button").click()
    for number, lesson in enumerate(LESSONS, 1):
        expect(page.get_by_role("heading", name=f"{number} · {lesson.title}", level=2)).to_be_visible()
        settled(page)
        fits(page)
        material = lesson.draw()
        for task in lesson.tasks:
            wrong, right = wrong_and_right(task, material)
            assert "Not yet." in give(page, lesson, material, task, wrong)
            assert "Not yet." not in give(page, lesson, material, task, right)
        expect(page.get_by_text(f"{len(lesson.tasks)} of {len(lesson.tasks)} tasks solved", exact=True)).to_be_visible()
        if number < len(LESSONS):
            page.locator(".st-key-lesson_right").get_by_role("button").click()
    page.reload()
    settled(page)
    expect(page.get_by_text("3 of 3 tasks solved", exact=True)).to_be_visible()
    fresh = visit(f"{server.url}/lessons")
    expect(fresh.get_by_text("30 of 30 tasks solved in all lessons")).to_be_visible()


def test_a_link_opens_a_lesson_with_its_line_where_the_link_says(server, visit):
    page = visit(f"{server.url}/lessons?lesson=threshold&line=0.7")
    missed = int(lesson_of("threshold").task("missed").answer(lesson_of("threshold").draw()))
    expect(line_of(page)).to_have_attribute("aria-valuetext", re.compile(rf"^0\.700: {missed} missed"))


def test_the_line_goes_into_the_address_and_comes_back_from_it(server, visit):
    page = visit(f"{server.url}/lessons?lesson=costs")
    line_of(page).focus()
    line_of(page).press("PageDown")
    expect(page).to_have_url(re.compile(r"line=0\.45"))
    expect(page).to_have_url(re.compile("lesson=costs"))
    again = visit(page.url)
    expect(line_of(again)).to_have_attribute("aria-valuenow", "0.450")


def test_the_line_stays_where_it_is_when_the_scene_changes(server, visit):
    page = visit(f"{server.url}/lessons?lesson=validation&line=0.258")
    material = validation.LESSON.draw()
    expect(line_of(page)).to_have_attribute("aria-valuetext", re.compile("specificity 0.95"))
    page.get_by_role("radio", name="Test", exact=True).click()
    specificity = validation.LESSON.task("travelled").answer(material)
    expect(line_of(page)).to_have_attribute("aria-valuetext", re.compile(rf"^0\.258: .*specificity {specificity:.3f}"))


def test_a_scene_is_in_the_link_and_its_area_is_what_the_task_asks_for(server, visit):
    page = visit(f"{server.url}/lessons?lesson=curves")
    page.get_by_role("radio", name=curves.RARE, exact=True).click()
    expect(page).to_have_url(re.compile("scene_curves="))
    again = visit(page.url)
    area = f"{curves.LESSON.task('area').answer(curves.LESSON.draw()):.3f}"
    expect(again.locator("[data-rate=average_precision] .value")).to_have_text(area)


def test_a_link_to_a_run_opens_the_lesson_on_it(server, visit):
    made_runs(server.store, "binary", 1)
    page = visit(f"{server.url}/lessons?lesson=threshold")
    page.get_by_role("combobox", name="Data").click()
    page.get_by_role("option", name="binary 0").click()
    expect(page.get_by_text("240 images of test, scores of binary 0")).to_be_visible()
    again = visit(page.url)
    expect(again.get_by_text("240 images of test, scores of binary 0")).to_be_visible()


def test_every_kind_of_figure_fits_a_phone(server, visit):
    page = visit(f"{server.url}/lessons?teacher=true", 390, "dark")
    fits(page)
    for lesson in map(lesson_of, ("prevalence", "difference", "shortcut")):
        page.goto(f"{server.url}/lessons?lesson={lesson.lesson_id}")
        expect(page.get_by_role("heading", name=lesson.title, level=2)).to_be_visible()
        settled(page)
        fits(page)
