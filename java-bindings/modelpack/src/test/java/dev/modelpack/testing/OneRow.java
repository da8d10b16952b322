package dev.modelpack.testing;

import dev.modelpack.Bundle;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Predicts one row and prints its label: a program for JVMs and class loaders of their own. */
public final class OneRow {
  private OneRow() {}

  public static String answer() {
    try (Bundle bundle = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      return predictor.predict(Map.of("x", 3, "y", 1)).label().toString();
    }
  }

  /** Leaves everything open, to the garbage collector. */
  public static String forgetfulAnswer() {
    Predictor predictor = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED).predictor();
    return predictor.predict(Map.of("x", 3, "y", 1)).label().toString();
  }

  /** With a number of threads that all begin at once: the different answers that they get. */
  public static void main(String[] arguments) throws Exception {
    int count = arguments.length == 0 ? 1 : Integer.parseInt(arguments[0]);
    ExecutorService threads = Executors.newFixedThreadPool(count);
    CountDownLatch begin = new CountDownLatch(1);
    List<Future<String>> answers = new ArrayList<>();
    for (int thread = 0; thread < count; thread++) {
      answers.add(
          threads.submit(
              () -> {
                begin.await();
                return answer();
              }));
    }
    threads.shutdown();
    begin.countDown();
    TreeSet<String> different = new TreeSet<>();
    for (Future<String> answer : answers) {
      different.add(answer.get());
    }
    System.out.println(String.join(" ", different));
  }
}
