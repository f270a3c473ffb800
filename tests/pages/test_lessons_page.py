"""The lessons page without a browser: cards, every lesson, every task, own runs, the teacher's view."""

import pytest

from core.lessons.course import LESSONS
from core.lessons.progress import FILE, Progress
from core.lessons.task import NumberTask
from tests.made_scores import made_runs
from tests.pages.conftest import texts

BY_ID = {lesson.lesson_id: lesson for lesson in LESSONS}
EACH = pytest.mark.parametrize("lesson_id", list(BY_ID))


@pytest.fixture
def lesson_page(opened):
    """Opens a lesson over a store, or with None the list of all."""

    def opening(root, lesson_id: str | None = None):
        app = opened(root, "lessons")
        if lesson_id is not None:
            app.query_params["lesson"] = lesson_id
            app.run()
        return app

    return opening


def on_run(app, run_id: str, label: str | None = None):
    app.selectbox(key="lesson_data").set_value(run_id).run()
    return app if label is None else app.selectbox(key="lesson_label").set_value(label).run()


def answer(app, lesson, task, given):
    """Give an answer to a task and press Check."""
    box = next(one for one in (*app.number_input, *app.radio) if one.key.startswith(f"answer_{lesson.lesson_id}_{task.name}_"))
    box.set_value(given)
    place = lesson.tasks.index(task)
    [button for button in app.button if button.label == "Check"][place].click().run()
    return app


def judgements(app) -> tuple[list[str], list[str]]:
    return [one.value for one in app.success], [one.value for one in app.warning]


def wrong_and_right(task, material):
    found = task.answer(material)
    if isinstance(task, NumberTask):
        return found + 3 * task.tolerance + 1, round(found, task.digits)
    return next(place for place in range(len(task.options)) if place not in found), found[0]


def test_a_fresh_store_shows_ten_cards_with_time_and_goal(lesson_page, tmp_path):
    app = lesson_page(tmp_path)
    assert [button.label for button in app.button] == ["Open"] * 10
    for lesson in LESSONS:
        assert lesson.title in texts(app) and lesson.goal in texts(app) and f"{lesson.minutes} min · 0 of 3 tasks solved" in texts(app)


@EACH
def test_a_lesson_opens_on_a_fresh_store(lesson_id, lesson_page, tmp_path):
    lesson = BY_ID[lesson_id]
    app = lesson_page(tmp_path, lesson_id)
    assert not app.exception and not app.error
    assert [one.value for one in app.subheader] == [section.title for section in lesson.sections]
    assert all(sentence in texts(app) for sentence in lesson.remember)
    assert len([button for button in app.button if button.label == "Check"]) == len(lesson.tasks)


@EACH
def test_each_task_is_judged_at_once_and_a_solved_one_is_kept(lesson_id, lesson_page, tmp_path):
    lesson, material = BY_ID[lesson_id], BY_ID[lesson_id].draw()
    app = lesson_page(tmp_path, lesson_id)
    for number, task in enumerate(lesson.tasks, 1):
        wrong, right = wrong_and_right(task, material)
        assert lesson.told(task.judge(wrong, material).words, material) in judgements(answer(app, lesson, task, wrong))[1][-1]
        assert task.name not in Progress(tmp_path).solved().get(lesson_id, ())
        assert judgements(answer(app, lesson, task, right))[0][-1] == lesson.told(task.praise, material)
        assert len(Progress(tmp_path).solved()[lesson_id]) == number
    again = lesson_page(tmp_path)
    assert f"{lesson.minutes} min · 3 of 3 tasks solved" in texts(again)


def test_an_empty_answer_is_asked_for(lesson_page, tmp_path):
    app = lesson_page(tmp_path, "threshold")
    next(button for button in app.button if button.label == "Check").click().run()
    assert judgements(app) == ([], ["Not yet. Give an answer first."])


def test_a_card_opens_its_lesson_and_the_way_back_and_on_work(lesson_page, tmp_path):
    app = lesson_page(tmp_path)
    app.button(key="open_costs").click().run()
    assert app.header[0].value == "3 · Sensitivity against specificity, and who pays" and app.query_params["lesson"] in ("costs", ["costs"])
    app.button(key="lesson_right").click().run()
    assert app.header[0].value == "4 · ROC and PR, and when they disagree"
    app.button(key="lesson_left").click().run()
    assert app.header[0].value.startswith("3 · ")
    app.button(key="lesson_close").click().run()
    assert not app.header and "lesson" not in app.query_params


def test_beginning_anew_forgets_what_was_solved(lesson_page, tmp_path):
    Progress(tmp_path).solve("threshold", "missed")
    app = lesson_page(tmp_path)
    assert app.button(key="open_threshold").label == "Go on"
    app.button(key="forget_lessons").click().run()
    assert Progress(tmp_path).solved() == {} and app.button(key="open_threshold").label == "Open"


def test_a_broken_file_of_progress_begins_anew(lesson_page, tmp_path):
    (tmp_path / FILE).write_text("{")
    app = lesson_page(tmp_path)
    assert not app.exception and not app.error and "0 of 3 tasks solved" in texts(app)


def test_a_link_to_a_lesson_that_is_none_says_so_and_shows_the_cards(lesson_page, tmp_path):
    app = lesson_page(tmp_path, "nothing")
    assert "there is no lesson 'nothing'" in app.error[0].value and not app.exception
    assert [button.label for button in app.button].count("Open") == 10


def test_the_prevalence_lesson_shows_the_four_values_and_the_slider_moves_the_people(lesson_page, tmp_path):
    app = lesson_page(tmp_path, "prevalence")
    assert [text.split(" ")[0] for text in app.dataframe[0].value["PPV"]] == ["0.888", "0.543", "0.200", "0.046"]
    assert app.metric[0].value == "0.89"
    app.select_slider(key="lesson_prevalence").set_value(0.01).run()
    assert app.metric[0].value == "0.05" and "Of **1,000 people**, 10 have pneumonia" in texts(app)


def test_many_more_images_resolve_what_few_do_not(lesson_page, tmp_path):
    app = lesson_page(tmp_path, "difference")
    row = app.dataframe[0].value["ROC AUC, test"].iloc[-1]
    assert "(-" in row
    app.segmented_control(key="scene_difference").set_value("9,984 images").run()
    assert "(+" in app.dataframe[0].value["ROC AUC, test"].iloc[-1]


def test_the_teacher_sees_goals_timing_and_computed_answers(lesson_page, tmp_path):
    app = lesson_page(tmp_path)
    app.toggle(key="teacher").set_value(True).run()
    assert len(app.dataframe) == 10
    for lesson, table in zip(LESSONS, app.dataframe, strict=True):
        assert lesson.notes.timing in texts(app) and lesson.notes.goals[0] in texts(app)
        material = lesson.draw()
        told = [lesson.told(task.answer_text(material), material).replace("*", "") for task in lesson.tasks]
        assert list(table.value["Answer"]) == told


def test_the_teacher_sees_the_answers_for_the_run_that_is_shown(lesson_page, tmp_path):
    run = made_runs(tmp_path, "binary", 1)[0]
    app = on_run(lesson_page(tmp_path, "accuracy"), run.run_id)
    app.toggle(key="teacher").set_value(True).run()
    shown = app.dataframe[-1].value["Answer"]
    assert shown.iloc[0] != BY_ID["accuracy"].tasks[0].answer_text(BY_ID["accuracy"].draw())


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
def test_a_lesson_is_taught_on_a_run_in_view_and_answers_come_from_it(task, lesson_page, tmp_path):
    from core.runs.store import Store

    runs = made_runs(tmp_path, task, 2)
    label = None if task == "binary" else runs[1].data.labels[1]
    truth, score = Store(tmp_path).predictions(runs[1], "test").column(label or runs[1].data.labels[0])
    app = on_run(lesson_page(tmp_path, "threshold"), runs[1].run_id, label)
    lesson = BY_ID["threshold"]
    answer(app, lesson, lesson.tasks[0], int((truth[score < 0.7]).sum()))
    assert len(app.success) == 1 and not app.exception


def test_a_run_that_cannot_show_a_lesson_is_told_why_and_the_simulated_data_stay(lesson_page, tmp_path):
    run = made_runs(tmp_path, "binary", 1)[0]
    for lesson_id, why in (("labels", "several findings"), ("difference", "alone")):
        app = on_run(lesson_page(tmp_path, lesson_id), run.run_id)
        assert why in app.info[0].value and "The simulated data are shown." in app.info[0].value and not app.exception
        lesson = BY_ID[lesson_id]
        answer(app, lesson, lesson.tasks[0], round(lesson.tasks[0].answer(lesson.draw()), lesson.tasks[0].digits))
        assert len(app.success) == 1


def test_a_task_that_a_run_cannot_answer_says_why(lesson_page, tmp_path):
    run = made_runs(tmp_path, "binary", 1)[0]
    app = on_run(lesson_page(tmp_path, "shortcut"), run.run_id)
    assert "not available with these data" in texts(app) and "only the simulated data have it" in texts(app)
    assert len([button for button in app.button if button.label == "Check"]) == 2


def test_two_runs_are_compared_on_their_own_images(lesson_page, tmp_path):
    runs = made_runs(tmp_path, "binary", 2)
    app = on_run(lesson_page(tmp_path, "difference"), runs[0].run_id)
    assert not app.exception and not app.info
    assert list(app.dataframe[0].value["Model"]) == [runs[0].title, runs[1].title, f"{runs[1].title} minus {runs[0].title}"]


@EACH
def test_each_lesson_opens_on_a_trained_run_of_patients_with_several_images_or_says_why(lesson_id, lesson_page, store, trained):
    run = trained["svm"]
    assert store.predictions(run, "test").has_repeated_patients
    app = on_run(lesson_page(store.root, lesson_id), run.run_id)
    assert not app.exception and not app.error
    if lesson_id in ("threshold", "accuracy", "costs", "prevalence", "validation", "difference"):
        assert not app.info
    else:  # so few images, of which no hospital is known
        assert "cannot show this lesson" in app.info[0].value and "The simulated data are shown." in app.info[0].value
