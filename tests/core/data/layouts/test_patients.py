"""Patients are read from names and paths as the sets publish them."""

import pytest

from core.data.layouts.patients import patient_of


@pytest.mark.parametrize(
    ("file", "patient"),
    [
        ("person23_bacteria_1.jpeg", "person23"), ("train/PNEUMONIA/person23_virus_7.jpeg", "person23"),
        ("IM-0115-0001.jpeg", "IM-0115"), ("NORMAL2-IM-0115-0001.jpeg", "NORMAL2-IM-0115"),
        ("NORMAL2-IM-0173-0001-0002.jpeg", "NORMAL2-IM-0173"), ("00000001_000.png", "00000001"), ("images/00030805_000.png", "00030805"),
        ("CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg", "patient00001"),
        ("files/p10/p10000032/s50414267/02aa804e-bde0afdd.jpg", "p10000032"), ("train\\NORMAL\\patient12.png", "patient12"),
        ("patient12_3.png", "patient12"), ("patient 7.png", "patient 7"),
        ("000434271f63a053c4128a0ba6352c7f.dicom", None), ("COVID-1.png", None), ("COVID/images/Viral Pneumonia-12.png", None),
        ("train/NORMAL/img.png", None), ("patients/a.png", None), ("p10/a.png", None), ("00000001_00012.png", None), ("", None),
    ],
)  # fmt: skip
def test_the_patient_of_a_file(file, patient):
    assert patient_of(file) == patient
