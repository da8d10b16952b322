package dev.modelpack;

import java.time.Duration;

/**
 * A predictor that is closed when the last call that uses it is over. The counting is {@link
 * Handle}'s: retiring stands for closing, and closing both for freeing.
 */
final class LeasedPredictor {
  private final HeldBundle held;
  private final Bundle bundle;
  private final Predictor predictor;
  private final Handle leases;

  LeasedPredictor(Candidate candidate, PredictorOptions options) {
    this.held = HeldBundle.of(candidate.path(), candidate.bundle());
    this.bundle = candidate.bundle();
    this.predictor = bundle.predictor(options);
    this.leases = new Handle("predictor", 0, unused -> closeBoth());
  }

  HeldBundle held() {
    return held;
  }

  Bundle bundle() {
    return bundle;
  }

  /** Only between {@link #enter} and {@link #exit}. */
  Predictor predictor() {
    return predictor;
  }

  /** Begins a call; throws {@link ClosedException} if it was retired before. */
  int enter() {
    return leases.enter();
  }

  void exit(int lease) {
    leases.exit(lease);
  }

  void retire() {
    leases.close();
  }

  boolean retireAndWait(Duration timeout) throws InterruptedException {
    return leases.closeAndWait(timeout);
  }

  private void closeBoth() {
    predictor.close();
    bundle.close();
  }
}
