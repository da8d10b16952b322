/**
 * Trained tabular models from one file, answered in process with the same bits as in Python and C.
 *
 * <pre>{@code
 * TrustPolicy trust = TrustPolicy.load(Path.of("trust.json"));
 * OpenOptions expected = OpenOptions.builder().name("eta").build();
 * try (Bundle bundle = Bundle.open(Path.of("eta-1.4.0.mpk"), trust, expected);
 *     Predictor predictor = bundle.predictor()) {
 *   Prediction byName = predictor.predict(Map.of("hour", 17, "carrier", "AA"));
 *   Prediction byRow = predictor.predict(predictor.row().set("hour", 17).setMissing("carrier"));
 *   predictor.predict(in, out); // doubles by position, nothing allocated
 * }
 * }</pre>
 *
 * <p>Bundles and predictors hold native memory: close them. Both may be shared between threads, and
 * closed while others use them.
 *
 * <p>A {@link dev.modelpack.TrustPolicy} says who may have made a bundle, {@link
 * dev.modelpack.OpenOptions} which one is expected; both are checked before anything of it is used.
 *
 * <p>A bundle may hold a model per key ({@link dev.modelpack.Predictor#withKey}, {@link
 * dev.modelpack.Prediction#node()}, {@link dev.modelpack.RowNotes}).
 *
 * <p>Exceptions are unchecked: a class per kind below {@link dev.modelpack.ModelpackException}, a
 * number per error in {@link dev.modelpack.ErrorCode}.
 *
 * <p>System properties; the native library's are read when it is first needed:
 *
 * <ul>
 *   <li>{@code modelpack.library.path}: a native library, or the folder that holds it, loaded from
 *       there instead of from the jar
 *   <li>{@code modelpack.dir}: where the library in the jar is extracted for the moment of loading,
 *       instead of {@code java.io.tmpdir}; a folder that is not mounted noexec
 *   <li>{@code modelpack.onnxruntime}: the library of ONNX Runtime, for predictors whose options
 *       name none
 *   <li>{@code modelpack.trust}: the policy file of {@link dev.modelpack.TrustPolicy#ofUser}
 * </ul>
 *
 * <p>From JDK 24 on, the JVM wants {@code --enable-native-access=ALL-UNNAMED} (or {@code
 * dev.modelpack} on the module path).
 */
package dev.modelpack;
