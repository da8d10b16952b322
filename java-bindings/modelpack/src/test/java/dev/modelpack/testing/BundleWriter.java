package dev.modelpack.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** Writes bundles as docs/FORMAT.md says, apart from the core's own writer. */
final class BundleWriter {
  private static final int ALIGNMENT = 64;
  private static final int PACK_ALIGNMENT = 4096;

  /** These come first. */
  private static final List<String> PARTITIONS = List.of("partitions.pack", "partitions.idx");

  private static final List<String> MODEL =
      List.of(
          "dictionaries.safetensors",
          "models/main/tensors.safetensors",
          "partitions.idx",
          "partitions.pack",
          "programs.json",
          "schema.json");

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private int count;

  private BundleWriter() {}

  static byte[] write(
      Map<String, Object> manifest, Map<String, byte[]> members, TestKey... signers) {
    Map<String, String> digests = new TreeMap<>();
    Map<String, Object> complete = new TreeMap<>(manifest);
    Map<String, Object> listed = new TreeMap<>();
    StringBuilder model = new StringBuilder("mpk-model-1\n");
    BundleWriter writer = new BundleWriter();
    PARTITIONS.stream()
        .filter(members::containsKey)
        .forEach(name -> writer.add(name, members.get(name)));
    for (Map.Entry<String, byte[]> member : new TreeMap<>(members).entrySet()) {
      String digest = sha256(member.getValue());
      digests.put(member.getKey(), digest);
      listed.put(member.getKey(), Json.object("sha256", digest, "size", member.getValue().length));
      if (MODEL.contains(member.getKey())) {
        model.append(member.getKey()).append(' ').append(digest).append('\n');
      }
      if (!PARTITIONS.contains(member.getKey())) {
        writer.add(member.getKey(), member.getValue());
      }
    }
    complete.put("members", listed);
    complete.put("model_digest", "sha256:" + sha256(utf8(model.toString())));
    byte[] bundle = utf8(Json.of(complete));
    writer.add("bundle.json", bundle);
    digests.put("bundle.json", sha256(bundle));
    String subject = complete.get("name") + "-" + complete.get("version");
    Map<String, byte[]> signatures = new TreeMap<>();
    for (TestKey signer : signers) {
      byte[] signature = SignatureWriter.write(signer, subject, digests);
      signatures.put(SignatureWriter.memberName(signer), signature);
    }
    signatures.forEach(writer::add);
    return writer.finish();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void add(String name, byte[] data) {
    int offset = file.size();
    int before = offset + 30 + name.length();
    int alignment = name.equals("partitions.pack") ? PACK_ALIGNMENT : ALIGNMENT;
    int gap = Math.floorMod(-before, alignment);
    int padding = gap > 0 && gap < 4 ? gap + alignment : gap;
    ByteBuffer local = buffer(30 + name.length() + padding);
    local.putInt(0x04034B50);
    putShared(local, name, data);
    local.putShort((short) padding).put(utf8(name));
    if (padding > 0) {
      local.putShort((short) 0xD935).putShort((short) (padding - 4));
    }
    file.writeBytes(local.array());
    file.writeBytes(data);

    ByteBuffer central = buffer(46 + name.length());
    central.putInt(0x02014B50).putShort((short) 0x031E);
    putShared(central, name, data);
    central.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    central.putInt(0100644 << 16).putInt(offset).put(utf8(name));
    directory.writeBytes(central.array());
    count++;
  }

  private static void putShared(ByteBuffer header, String name, byte[] data) {
    CRC32 crc = new CRC32();
    crc.update(data);
    header.putShort((short) 10).putShort((short) 0).putShort((short) 0);
    header.putShort((short) 0).putShort((short) 0x0021).putInt((int) crc.getValue());
    header.putInt(data.length).putInt(data.length).putShort((short) name.length());
  }

  private byte[] finish() {
    int offset = file.size();
    file.writeBytes(directory.toByteArray());
    ByteBuffer end = buffer(22);
    end.putInt(0x06054B50).putInt(0).putShort((short) count).putShort((short) count);
    end.putInt(directory.size()).putInt(offset).putShort((short) 0);
    file.writeBytes(end.array());
    return file.toByteArray();
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
