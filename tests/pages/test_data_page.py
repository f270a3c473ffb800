"""The data page: what it says of a data set, and how one's own becomes one."""

import pytest

from core.data import registry
from core.data.dataset import SPLITS
from core.data.sources import Reading
from tests.core.data.layouts.test_class_folders import covid_tree
from tests.pages.conftest import texts


def look_at(app, tab: str):
    """The page with another tab open."""
    app.session_state["look"] = tab
    return app.run()


@pytest.fixture(scope="module")
def shelf(shared, tmp_path_factory):
    """A store that knows two real data sets; what one test draws or decodes, the next one finds."""
    root = tmp_path_factory.mktemp("shelf")
    registry.add("NIH", str(shared / "data/nih"), Reading(), root)
    registry.add("Paediatric", str(shared / "data/chest_xray"), Reading(), root)
    return root


@pytest.fixture
def nih(opened, shelf):
    """The data page on 621 images of NIH ChestX-ray14."""
    return opened(shelf, "data").selectbox(key="data").set_value("NIH").run()


@pytest.fixture
def paediatric(opened, shelf):
    """The data page on the paediatric X-rays."""
    return opened(shelf, "data").selectbox(key="data").set_value("Paediatric").run()


def test_it_shows_the_counts_of_the_phantom_and_says_that_it_is_synthetic(opened, shelf):
    app = opened(shelf, "data")
    assert [one.value for one in app.metric] == ["1,200", "300", "500"]
    assert "synthetic" in texts(app).lower() and "binary, 2 classes" in texts(app)


def test_a_path_that_is_no_data_set_is_one_clear_error_and_the_page_goes_on(opened, shelf, tmp_path):
    app = opened(shelf, "data")
    app.text_input(key="data_path").set_value(str(tmp_path / "nothing here")).run()
    assert len(app.error) == 1 and "no data set and no path" in app.error[0].value and not app.exception
    assert [one.value for one in app.metric] == ["1,200", "300", "500"]


def test_a_path_is_looked_at_first_and_then_kept_under_a_name(opened, shelf, tmp_path):
    folder = covid_tree(tmp_path / "covid", {"COVID": 12, "Normal": 20, "Lung_Opacity": 14, "Viral Pneumonia": 12})
    app = opened(shelf, "data")
    app.text_input(key="data_path").set_value(str(folder)).run()
    assert "58 images, multiclass, 4 classes" in texts(app) and "mask" in texts(app)
    app.text_input(key="own_title").set_value("Radiography")
    next(button for button in app.button if button.label == "Add data set").click().run()
    assert not app.exception and not app.error and app.text_input(key="data_path").value == ""
    assert app.selectbox(key="data").value == "Radiography" and app.header[0].value == "Radiography"


def test_a_zip_is_unpacked_looked_at_and_kept(opened, shared, shelf):
    app = opened(shelf, "data")
    app.segmented_control(key="own_where").set_value("A ZIP file").run()
    file = shared / "badinputs/files/ok_dataset.zip"
    app.get("file_uploader")[0].upload(file.name, file.read_bytes(), "application/zip").run()
    assert not app.exception and not app.error and "2 images, binary, 2 classes" in texts(app)
    app.text_input(key="own_title").set_value("Two X-rays")
    next(button for button in app.button if button.label == "Add data set").click().run()
    assert not app.error and app.header[0].value == "Two X-rays" and (shelf / "datasets/Two X-rays/NORMAL/a.jpg").exists()


def test_a_bad_zip_is_one_clear_error_and_nothing_is_kept(opened, shared, shelf):
    app = opened(shelf, "data")
    before = set((shelf / "cache/unpacked").glob("*"))
    app.segmented_control(key="own_where").set_value("A ZIP file").run()
    file = shared / "badinputs/files/bad_traversal.zip"
    app.get("file_uploader")[0].upload(file.name, file.read_bytes(), "application/zip").run()
    assert len(app.error) == 1 and "leads out of its folder" in app.error[0].value and not app.exception
    assert not list((shelf / "cache/uploads").iterdir()) and set((shelf / "cache/unpacked").glob("*")) == before


def test_the_overview_tells_the_split_level_and_the_counts_per_label(nih):
    assert "Splits: patient-level" in texts(nih) and "No patient and no copy" in " ".join(one.value for one in nih.success)
    table = nih.dataframe[0].value
    assert sum(table.loc["Hernia", f"{split}, images"] for split in SPLITS) == 20


def test_labels_together_are_counted_for_the_chosen_split(nih, shelf):
    dataset = registry.load("NIH", shelf)
    app = look_at(nih, "Labels together")
    app.segmented_control(key="together_split").set_value("test").run()
    y = dataset.y[dataset.rows("test")].astype(int)
    table = app.dataframe[0].value
    assert (table.to_numpy() == y.T @ y).all() and list(table.columns) == list(dataset.labels)


def test_left_out_tells_the_cause_and_offers_the_full_list(nih):
    app = look_at(nih, "Left out")
    table = app.dataframe[0].value
    assert table["Files or rows"].tolist() == [111_499] and app.get("download_button")


def test_sizes_and_modes_are_those_of_the_files(nih):
    app = look_at(nih, "Sizes and greys")
    sizes, modes = app.dataframe[0].value, app.dataframe[1].value
    assert {(row.width, row.height): row.images for row in sizes.itertuples()} == {(256, 256): 604, (1024, 1024): 17}
    assert dict(zip(modes["mode"], modes["images"], strict=True)) == {"L": 615, "RGBA": 6}


def test_balance_shows_what_an_epoch_would_hold(paediatric):
    app = look_at(paediatric, "Balance")
    assert app.dataframe[0].value["train, balanced"].tolist() == [1149, 1149]
    app.number_input(key="balance_to").set_value(500).run()
    assert app.dataframe[0].value["train, balanced"].tolist() == [500, 500]
    app.segmented_control(key="balance").set_value("over").run()
    assert app.dataframe[0].value["train, balanced"].tolist() == [1149, 3321]


def test_a_new_split_is_one_click_and_another_data_set(paediatric):
    app = paediatric
    assert "Splits: image-level" in texts(app)
    next(button for button in app.button if button.label == "Split anew, by patient").click().run()
    assert not app.exception and app.header[0].value == "Paediatric split by patient" and "Splits: patient-level" in texts(app)


def test_the_gallery_shows_what_is_asked_for_and_one_image_large(nih):
    app = look_at(nih, "Images")
    app.selectbox(key="gallery_class").set_value("Hernia").run()
    app.segmented_control(key="gallery_split").set_value("test").run()
    assert "2 images of Hernia in test." in texts(app)
    app.text_input(key="gallery_name").set_value("no such name").run()
    assert "No image of Hernia in test with 'no such name' in its name." in texts(app)
    app.text_input(key="gallery_name").set_value("").run()
    app.selectbox(key="gallery_large").set_value(app.selectbox(key="gallery_large").options[0]).run()
    assert "Hernia" in texts(app) and "**age**" in texts(app) and "**view**" in texts(app)


def test_a_phantom_is_made_to_order_and_shown(opened, shelf):
    app = opened(shelf, "data")
    app.selectbox(key="phantom_task").set_value("multiclass")
    app.number_input(key="phantom_images").set_value(60)
    app.number_input(key="phantom_size").set_value(32)
    app.toggle(key="phantom_shifted").set_value(True)
    next(button for button in app.button if button.label == "Draw it").click().run()
    assert not app.exception and app.selectbox(key="data").value.startswith("phantom:multiclass:images=60:size=32")
    assert "multiclass, 4 classes" in texts(app) and "another hospital" in app.header[0].value
    app.number_input(key="phantom_images").set_value(20)
    next(button for button in app.button if button.label == "Draw it").click().run()
    assert len(app.error) == 1 and not app.exception
