"""How often findings occur alone and together in NIH ChestX-ray14: the frequencies that the phantom with fourteen labels follows.

Counted over the 112,120 rows of its Data_Entry_2017.csv; `benchmarks/phantom.py --frequencies FILE` counts them again.
"""

from functools import lru_cache

import numpy as np

NIH_LABELS = (
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax", "Consolidation", "Edema",
    "Emphysema", "Fibrosis", "Pleural_Thickening", "Hernia",
)  # fmt: skip

# Share of AP views among the images with a label, and among those without any.
AP_SHARE = {
    "": 0.35, "Atelectasis": 0.5, "Cardiomegaly": 0.44, "Effusion": 0.51, "Infiltration": 0.53, "Mass": 0.38,
    "Nodule": 0.34, "Pneumonia": 0.56, "Pneumothorax": 0.36, "Consolidation": 0.67, "Edema": 0.88, "Emphysema": 0.4,
    "Fibrosis": 0.16, "Pleural_Thickening": 0.29, "Hernia": 0.15,
}  # fmt: skip

# "images:combination,combination" for all 836 combinations, which are hexadecimal numbers: bit 0 is the first label.
_COMBINATIONS = """
60361:0 9547:8 4215:1 3955:4 2705:20 2194:80 2139:10 1604:c 1350:9 1310:100 1167:5 1126:1000 1093:2 892:400 829:28 739:d 727:800
628:200 484:6 441:108 420:18 403:84 402:14 398:101 396:30 392:208 347:88 337:104,480 322:40 251:1004 250:24 241:81 210:1008 201:a,21
200:105 199:48 189:204 185:808 179:90 178:11 151:110 141:1020 138:248 134:10c 132:1010 130:a0 128:120 127:20c 126:408 120:e 117:401,
1001 110:2000 108:41 106:2c 104:109,801 99:1c,85 96:404 88:3,8c 83:240 81:10d 79:1080 72:15,89,488 71:100c 70:1800 68:7 67:19,38
66:410,820 65:34,114 59:804 57:29 54:f,44,481 49:180,300 48:201 47:128,484,1005 46:1100,1400 45:1009 44:8d 43:25 42:4c,118 41:100d
40:102,409 38:1d,1014 37:115 36:140 35:202,209 34:49,111,810,1006,1084 31:b,a8,228,1024 30:490,1030 29:420,1028 28:124,220 27:489
26:405 25:308,1018 24:31,94,130,20d,40c,900 23:45,181,218,880 22:22,3c,106,184,205,1088 21:2d,24c,809,2001 20:188,4a0,500,1108 19:60,
244,402 18:12,4d,b0,206,210,40d,1081 17:102c 16:91,121,135,418,80c,828,101c,1101,1808,1820 15:26,35,98,a4,11c,12c,141,214,411,485,805,
1090,1200,2008,2010 14:16,1002 13:138,13d,148,600,c00,1404,1480 12:10a,10f,48c,1021 11:2e,50,68,134,304,830,1040,1104,1115 10:ac,b4,
103,119,20a,20e,224,414,501,580,806,884,1019,110c,1110,120c 9:3d,58,82,9c,a1,107,125,22c,305,406,888,908,1034,1105 8:39,42,b8,10e,144,
230,428,581,814,821,1038,103c,1801,1804 7:2a,46,a9,13c,185,190,802,819,1011,111d,1408,1880,1900 6:2f,70,9d,a5,c8,1a0,249,258,280,301,
498,803,80a,920,100a,100f,1089,10a0,110d,1118,1120,1130,1248,1488,2020 5:61,99,c0,11d,14c,18c,18d,30c,424,430,440,486,505,508,818,840,
100e,1015,1025,1085,1094,140c,1410,2004,2081 4:17,1e,27,8a,8e,95,ad,c4,10b,129,149,194,21c,22a,250,2c8,30d,314,31c,349,491,4a8,4a9,
509,510,51d,648,905,c80,1007,101d,1029,1048,104c,10ac,1134,1401,1405,1489,1910,2005 3:1f,36,43,54,6c,86,c5,117,136,142,145,189,198,
203,207,212,219,221,229,234,24a,24d,24e,260,302,306,348,416,499,50d,5a4,80d,80e,811,838,901,928,1003,1012,1027,1031,108c,108d,10a4,
1114,1119,1121,1415,1420,1484,1500,1810,1818,1824,1888 2:1a,3a,47,4a,51,5c,87,8f,96,cc,116,12d,131,139,154,159,191,21d,225,22e,236,
264,284,2c5,30f,318,328,341,415,419,421,441,449,482,48d,48e,494,4a1,4a4,4c0,515,588,604,680,816,81d,822,826,82c,844,881,890,8a0,910,
921,980,a00,a1c,1016,1026,102d,103d,1049,105c,1091,1098,10b8,10bd,1102,111f,1128,1135,1148,1188,1198,1208,1209,1240,124c,1307,1409,
1421,1481,148c,1805,180e,1830,1886,2002,2006,2009,200c,2018,2021,2080,2100,2800,3000 1:1b,32,37,4e,4f,59,5e,62,64,6a,71,74,78,7c,83,
8b,9f,aa,b1,bc,cd,d4,f0,112,11e,11f,122,12e,137,13e,146,14d,14f,150,151,160,161,168,170,187,196,19c,19d,1a5,1a8,1b0,1b1,1b4,1b5,1bd,
1c0,1d0,20b,20f,211,222,226,235,238,241,245,246,25c,268,26f,278,288,28c,28f,294,295,298,2a0,2c0,2d8,303,309,30a,30e,317,31f,320,334,
33f,344,345,34d,380,384,3c1,40e,41c,42c,434,43c,448,44c,493,495,4ac,4b0,4c1,4c9,4d0,504,50c,514,528,52d,538,540,582,584,585,589,590,
591,595,5a5,601,60c,61c,61d,621,658,681,688,690,807,80f,81c,824,827,829,82d,834,839,848,868,882,885,893,8a9,909,914,915,91d,925,960,
a08,a0e,a18,a38,c01,c06,c08,c09,c10,c11,c21,c34,c88,c91,c94,ca4,ca9,d35,1017,101f,103e,1044,1058,1060,107c,1086,109c,10a1,10a8,10b4,
1106,1107,1109,110e,1111,1117,111c,111e,1129,112d,112f,1131,1136,1138,113d,117c,1180,1181,1184,1189,118c,118d,1190,1191,11a1,11b1,
11bc,1201,1202,1204,1206,120d,120f,1210,1211,1228,1229,122d,1238,1244,125e,12c4,12c8,1300,1305,1306,1311,1336,1348,137d,140d,1414,
1418,1424,142c,1430,1438,1448,1485,148d,1491,1499,14a0,14a8,14b0,1511,1528,15a8,15b1,1803,1807,1809,180c,1814,1828,1834,184c,1884,
18ac,1905,190d,1918,191d,1934,19bd,1c01,1c90,1ca1,200a,200d,2011,2012,2014,2028,2044,2048,2088,20b9,2110,2148,220c,220d,2400,2801,
2808,2810,2a06,2c10,3001,3004,3008,3014,3400,3c08
"""


@lru_cache(maxsize=1)
def nih_combinations() -> tuple[np.ndarray, np.ndarray]:
    """All combinations of labels, uint8 (836, 14), and how many images have each, int (836,).

    Those that share their rarest label stand together: a systematic sample then has nearly the right number of each label.
    """
    counts = {int(code, 16): int(images) for images, codes in _groups() for code in codes}
    found = np.array([[code >> bit & 1 for bit in range(len(NIH_LABELS))] for code in counts], np.uint8)
    images = np.array(list(counts.values()))
    rarity = np.argsort(np.argsort(-(images @ found), kind="stable"))  # 0 for the commonest label
    rarest = (found * (rarity + 1)).max(axis=1)
    order = np.lexsort((list(counts), rarest))
    return found[order], images[order]


def _groups() -> list[tuple[str, list[str]]]:
    parts = (word.split(":") for word in _COMBINATIONS.replace(",\n", ",").split())
    return [(images, codes.split(",")) for images, codes in parts]
