package dev.modelpack.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Models by key: {@code value} is the hour times a number that is the node's own. */
public final class CityModels {
  public static final List<String> COUNTRIES = List.of("DE", "FR", "PL");
  public static final List<String> CITIES = List.of("Berlin", "Paris", "Warsaw", "Łódź", "a/b");

  private CityModels() {}

  /**
   * By country and city: the root 1, PL 10, PL/Warsaw 100, DE 20, DE/Berlin 200, and DE/a\/b 250;
   * FR/Paris 300 without FR; PL/Łódź pruned. It knows rows and errors of some.
   */
  public static byte[] cities(TestKey... signers) {
    ModelBuilder model = ModelBuilder.named("cities", "1.0.0");
    Hours hours = new Hours(model);
    model.key("country", COUNTRIES);
    model.key("city", CITIES);
    model.metric("mae", new PartitionBuilder.Fact(1000, 9.5, Double.NaN, 0));
    hours.node(List.of("PL"), 10, new PartitionBuilder.Fact(400, 8, 9, 0));
    hours.node(List.of("PL", "Warsaw"), 100, new PartitionBuilder.Fact(300, 6.5, 7, 0));
    model.pruned(List.of("PL", "Łódź"), new PartitionBuilder.Fact(100, 8.5, 8, 1));
    hours.node(List.of("DE"), 20, unknown());
    hours.node(List.of("DE", "Berlin"), 200, unknown());
    hours.node(List.of("DE", "a/b"), 250, unknown());
    hours.node(List.of("FR", "Paris"), 300, unknown());
    return model.build(signers);
  }

  /**
   * By an integer, {@code shop}: for each from 0 to {@code count} - 1 a node with that number plus
   * 1.
   */
  public static byte[] shops(int count) {
    ModelBuilder model = ModelBuilder.named("shops", "1.0.0");
    Hours hours = new Hours(model);
    model.key("shop", List.of());
    for (long shop = 0; shop < count; shop++) {
      hours.node(List.of(shop), shop + 1, null);
    }
    return model.build();
  }

  /**
   * {@link #cities()} with a bit changed in the entry of the node whose number is {@code weight}.
   */
  public static byte[] damaged(double weight) {
    byte[] content = cities();
    byte[] wanted = Tensor.float64(List.of(1), weight).data();
    for (int at = 0; at + wanted.length <= content.length; at++) {
      if (Arrays.equals(content, at, at + wanted.length, wanted, 0, wanted.length)) {
        content[at + 6] ^= 1;
        return content;
      }
    }
    throw new IllegalArgumentException("no node has " + weight);
  }

  private static PartitionBuilder.Fact unknown() {
    return new PartitionBuilder.Fact(-1, Double.NaN, Double.NaN, 0);
  }

  /** The one program that all nodes share. */
  private static final class Hours {
    private final ModelBuilder model;

    Hours(ModelBuilder model) {
      this.model = model;
      String row = model.op("concat@1", List.of(model.input("hour", "float64")));
      String value =
          model.op("linear@1", List.of(row), "bias", "none", "nan", "keep", "weight", weight(1));
      model.output("value", "float64", 1, value);
    }

    void node(List<Object> key, double number, PartitionBuilder.Fact fact) {
      model.node(key, Map.of("t000", weight(number)), fact);
    }

    private static Tensor weight(double number) {
      return Tensor.float64(List.of(1, 1), number);
    }
  }
}
