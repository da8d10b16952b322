package dev.modelpack.arrow;

import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** The answers to a stream of batches. */
final class AnswerReader extends ArrowReader {
  private final ArrowPredictor predictor;
  private final ArrowReader batches;

  AnswerReader(ArrowPredictor predictor, BufferAllocator allocator, ArrowReader batches) {
    super(allocator);
    this.predictor = predictor;
    this.batches = batches;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    VectorSchemaRoot answers = getVectorSchemaRoot();
    answers.clear();
    if (!batches.loadNextBatch()) {
      return false;
    }
    try {
      predictor.fill(answers, batches.getVectorSchemaRoot(), batches);
    } catch (RuntimeException | Error failure) {
      answers.clear();
      throw failure;
    }
    return true;
  }

  @Override
  public long bytesRead() {
    return batches.bytesRead();
  }

  @Override
  protected void closeReadSource() throws IOException {
    batches.close();
  }

  @Override
  protected Schema readSchema() {
    return predictor.schema();
  }
}
