"""The lines of the README."""

# [readme]
from sklearn.datasets import load_breast_cancer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

import modelpack

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
model = make_pipeline(StandardScaler(), XGBClassifier(n_estimators=100)).fit(X[:400], y[:400])
key = modelpack.keygen("release.pem")  # once; release.pub is what others trust
packed = modelpack.pack(
    model, X[:400], "cancer.mpk", name="cancer", version="1.0.0", evaluation=(X[400:], y[400:]), signers=key.private
)
predictor = modelpack.load("cancer.mpk", trust=key.public, name="cancer")
print(predictor.predict_one(X.iloc[400].to_dict()).probabilities)
# [end]
X.iloc[[400]].to_csv("row.csv", index=False)
