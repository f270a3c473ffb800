from core.evaluation.metric_table import LABEL_METRICS, METRICS, metrics_of

OF_LABEL = ("accuracy", "balanced_accuracy", "sensitivity", "specificity", "precision", "npv", "f1", "mcc", "youden", "decision_roc_auc")
OF_LABEL += ("roc_auc", "average_precision", "brier", "log_loss", "ece")


def test_the_names_are_those_of_the_field():
    assert metrics_of("binary") == LABEL_METRICS == OF_LABEL
    assert [name for name in LABEL_METRICS if not METRICS[name].needs_threshold] == list(OF_LABEL[10:])
    assert [name for name, metric in METRICS.items() if not metric.higher_is_better] == ["brier", "log_loss", "ece"]


def test_each_metric_is_told_in_a_title_of_its_own_and_a_sentence():
    assert len({metric.title for metric in METRICS.values()}) == len(METRICS)
    assert all(metric.definition.endswith(".") and ". " not in metric.definition for metric in METRICS.values())
    assert METRICS["micro_roc_auc"].title == "Micro ROC AUC"
    assert METRICS["weighted_average_precision"].title == "Weighted average precision"
    assert METRICS["decision_roc_auc"].title == "AUC of the decision"


def test_a_task_has_the_averages_that_mean_something_in_it():
    several = {f"{average}_{name}" for average in ("micro", "macro", "weighted") for name in ("precision", "sensitivity", "f1")}
    several |= {f"{average}_{name}" for average in ("micro", "macro", "weighted") for name in ("roc_auc", "average_precision")}
    assert set(metrics_of("multiclass")) - set(OF_LABEL) == several
    own = {"subset_accuracy", "hamming_accuracy", "samples_precision", "samples_sensitivity", "samples_f1"}
    assert set(metrics_of("multilabel")) - set(OF_LABEL) == several | own
    order = list(METRICS)
    for task in ("binary", "multiclass", "multilabel"):
        assert [name for name in order if task in METRICS[name].tasks] == list(metrics_of(task))
