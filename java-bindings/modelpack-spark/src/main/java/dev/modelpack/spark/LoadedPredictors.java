package dev.modelpack.spark;

import dev.modelpack.Predictor;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The predictors of this JVM and class loader: each is loaded by the first task that needs it, and
 * kept for the tasks of later queries until {@value #MAX_OPEN} others were used since.
 */
final class LoadedPredictors {
  static final int MAX_OPEN = 8;

  /** In order of use; also the lock of all counts. */
  private static final Map<ShippedBundle, Loaded> OPEN = new LinkedHashMap<>(16, 0.75f, true);

  private LoadedPredictors() {}

  /**
   * A predictor for the task that runs on this thread, which gives it back at its end.
   *
   * @return one that stays open as long as the task
   */
  static Predictor forTask(ShippedBundle bundle) {
    Loaded loaded = take(bundle);
    TaskContext task = TaskContext.get();
    if (task == null) {
      // Spark evaluates small plans on the driver, where no task ends: a cleaner closes it later.
      synchronized (OPEN) {
        loaded.kept = true;
      }
      return loaded.predictor;
    }
    TaskCompletionListener giveBack = ended -> loaded.giveBack();
    task.addTaskCompletionListener(giveBack);
    return loaded.predictor;
  }

  private static Loaded take(ShippedBundle bundle) {
    Loaded loaded;
    synchronized (OPEN) {
      loaded = OPEN.computeIfAbsent(bundle, wanted -> new Loaded());
      loaded.users++;
      giveUpOldest();
    }
    try {
      loaded.load(bundle);
      return loaded;
    } catch (RuntimeException | Error failure) {
      // Forgotten, so that the next task tries again.
      synchronized (OPEN) {
        OPEN.remove(bundle, loaded);
        loaded.givenUp = true;
      }
      loaded.giveBack();
      throw failure;
    }
  }

  private static void giveUpOldest() {
    Iterator<Loaded> oldest = OPEN.values().iterator();
    while (OPEN.size() > MAX_OPEN) {
      Loaded loaded = oldest.next();
      oldest.remove();
      loaded.givenUp = true;
      loaded.closeIfUnused();
    }
  }

  /** One predictor and the tasks that use it. */
  private static final class Loaded {
    private volatile Predictor predictor;
    private int users;
    private boolean givenUp;
    private boolean kept;

    /** Tasks that want the same bundle wait for the first one; others do not. */
    private synchronized void load(ShippedBundle bundle) {
      if (predictor == null) {
        predictor = bundle.open();
      }
    }

    private void giveBack() {
      synchronized (OPEN) {
        users--;
        closeIfUnused();
      }
    }

    private void closeIfUnused() {
      if (givenUp && users == 0 && !kept && predictor != null) {
        predictor.close();
      }
    }
  }
}
