#include "signed.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int write_file(const char *path, const void *data, size_t size) {
  FILE *file = fopen(path, "wb");
  int good = file && fwrite(data, 1, size, file) == size;
  if (file && fclose(file) != 0) good = 0;
  return good;
}

int make_place(place *out) {
  size_t size = 0;
  unsigned char *data = read_file(path_in(fixture_folder, "fixture.mpk"), &size);
  int good;
  strcpy(out->folder, "/tmp/modelpack-c-XXXXXX");
  good = data && mkdtemp(out->folder);
  snprintf(out->bundle, sizeof out->bundle, "%s/fixture.mpk", out->folder);
  snprintf(out->policy, sizeof out->policy, "%s/trust.json", out->folder);
  good = good && write_file(out->bundle, data, size);
  free(data);
  return good;
}

void drop_place(const place *at) {
  unlink(at->bundle);
  unlink(at->policy);
  if (rmdir(at->folder) != 0) fail(__FILE__, __LINE__, "%s holds more than the test's files", at->folder);
}

key make_key(void) {
  key made = {0};
  const char *pem;
  uint64_t length;
  if (mp_key_generate(NULL, 0, &made.private_pem, &made.public_pem, NULL) != MP_OK) return made;
  pem = mp_text_data(made.private_pem, &length);
  mp_signer_from_pem(pem, length, NULL, 0, &made.signer, NULL);
  return made;
}

void drop_key(const key *one) {
  mp_signer_free(one->signer);
  mp_text_free(one->private_pem);
  mp_text_free(one->public_pem);
}

const char *public_pem(const key *one) { return mp_text_data(one->public_pem, NULL); }

int32_t sign_file(const char *path, const mp_signer *first, const mp_signer *second) {
  const mp_signer *signers[2];
  signers[0] = first;
  signers[1] = second;
  return mp_bundle_sign(path, strlen(path), signers, second ? 2 : 1, NULL);
}

int32_t open_under(const char *path, const mp_trust *trust, mp_bundle **bundle) {
  mp_open_options options = {0};
  mp_error *error = NULL;
  int32_t code;
  options.struct_size = sizeof options;
  options.trust = trust;
  code = mp_bundle_open(path, strlen(path), &options, bundle, &error);
  return free_error(error) == code ? code : -1;
}

mp_trust *trust_of(const void *policy, size_t size) {
  mp_trust *trust = NULL;
  mp_error *error = NULL;
  if (mp_trust_from_bytes(policy, size, NULL, 0, &trust, &error) != MP_OK) {
    fail(__FILE__, __LINE__, "%s", mp_error_message(error, NULL));
    mp_error_free(error);
  }
  return trust;
}

int text_has(mp_text *text, const char *part) {
  uint64_t length = 0;
  const char *data = mp_text_data(text, &length);
  int found = data && strlen(data) == length && strstr(data, part) != NULL;
  mp_text_free(text);
  return found;
}
