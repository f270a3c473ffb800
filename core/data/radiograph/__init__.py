"""How one synthetic chest radiograph is drawn: a patient, the tissues in the ray, findings, film. `core.data.phantom` uses it."""
