package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.OwnJvm;
import dev.modelpack.testing.TestKey;
import dev.modelpack.testing.TestModels;
import dev.modelpack.testing.UsersTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the user's policy is looked for, and that no place turns it off. */
class UsersTrustTest {
  private static final TestKey ANNA = TestKey.p256(1);

  @TempDir Path folder;
  private Path annas;
  private Path others;
  private Path bundle;

  @BeforeEach
  void write() throws IOException {
    annas = Files.writeString(folder.resolve("anna.pub"), ANNA.pem());
    others = Files.writeString(folder.resolve("other.pub"), TestKey.p256(9).pem());
    bundle = Files.write(folder.resolve("eta.mpk"), TestModels.flights("eta", "1.4.0", ANNA));
  }

  /** With these in property, variable and the user's folder, where they are not empty. */
  private String open(Object property, Object variable, Path configuration) throws Exception {
    return OwnJvm.of(UsersTrust.class)
        .options("-Dmodelpack.trust=" + property)
        .environment("MODELPACK_TRUST", variable)
        .environment("XDG_CONFIG_HOME", configuration)
        .arguments(bundle)
        .run();
  }

  private Path configuration(Path key) throws IOException {
    Path configuration = folder.resolve("configuration of " + key.getFileName());
    Path place = Files.createDirectories(configuration.resolve("modelpack"));
    Files.copy(key, place.resolve("trust.json"));
    return configuration;
  }

  @Test
  void thePropertyStandsBeforeTheVariableBeforeTheFolder() throws Exception {
    Path nowhere = folder.resolve("nowhere");
    assertEquals("verified", open(annas, others, configuration(others)));
    assertEquals("verified", open("", annas, folder.resolve("configuration of other.pub")));
    assertEquals("verified", open("", "", configuration(annas)));
    String refused = open(others, annas, folder.resolve("configuration of anna.pub"));
    assertTrue(refused.startsWith("TOO_FEW_SIGNATURES: "), refused);
    String none = open("", "", nowhere);
    assertTrue(none.startsWith("UNTRUSTED: "), none);
    assertTrue(none.contains("modelpack trust add KEY.pub --bundle eta"), none);
  }

  @Test
  void noNameOfAPolicyMeansUnsigned() throws Exception {
    for (String name : List.of("UNSIGNED", "unsigned", "none", "/dev/null")) {
      String property = open(name, "", folder);
      String variable = open("", name, folder);
      for (String printed : List.of(property, variable)) {
        String code = name.startsWith("/") ? "TRUST_POLICY: " : "IO: ";
        assertTrue(printed.startsWith(code), printed);
      }
    }
  }
}
