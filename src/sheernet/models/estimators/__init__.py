"""Estimators of scikit-learn.

fit_facts.py            what an estimator keeps of its training rows
model_of_network.py     a `Model` from a trained network and these facts
"""
