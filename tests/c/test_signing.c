/* Keys and signing. */
#include <stdlib.h>

#include "signed.h"

static void a_key_has_one_public_text_and_one_hint(void) {
  static const char PASSPHRASE[] = "geheim";
  mp_text *private_pem = NULL, *public_pem = NULL, *again = NULL;
  char hint[65] = {0};
  const char *pem;
  uint64_t length, public_length;
  CHECK_INT(mp_key_generate(PASSPHRASE, 6, &private_pem, &public_pem, NULL), MP_OK);
  pem = mp_text_data(private_pem, &length);
  CHECK(strstr(pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----") == pem && strlen(pem) == length);
  CHECK_INT(mp_key_public(pem, length, NULL, 0, &again, NULL), MP_ERROR_KEY);
  CHECK_INT(mp_key_public(pem, length, PASSPHRASE, 5, &again, NULL), MP_ERROR_KEY);
  CHECK_INT(mp_key_public(pem, length, PASSPHRASE, 6, &again, NULL), MP_OK);
  CHECK(strcmp(mp_text_data(again, NULL), mp_text_data(public_pem, &public_length)) == 0);
  hint[64] = 'x';
  CHECK_INT(mp_key_hint(mp_text_data(again, NULL), public_length, hint, NULL), MP_OK);
  CHECK_INT(strspn(hint, "0123456789abcdef"), 64);
  CHECK_INT(hint[64], 'x');
  CHECK_INT(mp_key_hint(pem, length, hint, NULL), MP_ERROR_KEY);
  CHECK(!mp_text_data(NULL, &length) && length == 0);
  mp_text_free(again);
  mp_text_free(public_pem);
  mp_text_free(private_pem);
  mp_text_free(NULL);
}

static void a_signed_file_opens_under_its_keys(void) {
  place at;
  key first = make_key(), second = make_key();
  mp_trust *trusts[2];
  mp_bundle *bundle = NULL;
  int32_t verified = 0;
  int i;
  CHECK(make_place(&at) && first.signer && second.signer);
  trusts[0] = trust_of(public_pem(&first), strlen(public_pem(&first)));
  trusts[1] = trust_of(public_pem(&second), strlen(public_pem(&second)));
  CHECK(trusts[0] && trusts[1]);
  CHECK_INT(open_under(at.bundle, trusts[0], &bundle), MP_ERROR_TOO_FEW_SIGNATURES);
  CHECK_INT(sign_file(at.bundle, first.signer, NULL), MP_OK);
  CHECK_INT(open_under(at.bundle, trusts[1], &bundle), MP_ERROR_TOO_FEW_SIGNATURES);
  CHECK(!bundle);
  CHECK_INT(sign_file(at.bundle, second.signer, NULL), MP_OK);
  for (i = 0; i < 2; i++) {
    CHECK_INT(open_under(at.bundle, trusts[i], &bundle), MP_OK);
    CHECK_INT(mp_bundle_verified(bundle, &verified, NULL), MP_OK);
    CHECK_INT(verified, 1);
    mp_bundle_free(bundle);
    mp_trust_free(trusts[i]);
  }
  CHECK_INT(sign_file(at.bundle, first.signer, first.signer), MP_ERROR_USAGE);
  CHECK_INT(sign_file(at.bundle, first.signer, second.signer), MP_OK);
  drop_place(&at);
  drop_key(&first);
  drop_key(&second);
}

/* What a signer's function was asked, and what it does: it signs with `key` by way of a bundle of its own. */
typedef struct {
  int calls;
  int32_t answer;
  uint64_t length;
  unsigned char begin[6];
} request;

static int32_t elsewhere(void *context, const void *data, uint64_t size, void *signature, uint64_t capacity, uint64_t *length) {
  request *asked = context;
  asked->calls++;
  if (size >= sizeof asked->begin) memcpy(asked->begin, data, sizeof asked->begin);
  memset(signature, 0x30, (size_t)capacity);
  *length = asked->length;
  return asked->answer;
}

static void a_function_signs_and_what_it_answers_is_verified(void) {
  place at;
  key one = make_key();
  mp_signer *signer = NULL;
  mp_error *error = NULL;
  request asked = {0};
  size_t before = 0, after = 0;
  unsigned char *kept, *left;
  CHECK(make_place(&at) && one.signer);
  kept = read_file(at.bundle, &before);
  CHECK_INT(mp_signer_from_function(public_pem(&one), strlen(public_pem(&one)), NULL, &asked, &signer, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_signer_from_function("x", 1, elsewhere, &asked, &signer, NULL), MP_ERROR_KEY);
  CHECK_INT(mp_signer_from_function(public_pem(&one), strlen(public_pem(&one)), elsewhere, &asked, &signer, NULL), MP_OK);
  asked.length = 70;
  CHECK_INT(sign_file(at.bundle, signer, NULL), MP_ERROR_SIGNATURE);
  CHECK(asked.calls == 1 && memcmp(asked.begin, "DSSEv1", 6) == 0);
  asked.length = 257;
  CHECK_INT(sign_file(at.bundle, signer, NULL), MP_ERROR_USAGE);
  asked.answer = 42;
  CHECK_INT(mp_bundle_sign(at.bundle, strlen(at.bundle), (const mp_signer *const *)&signer, 1, &error), MP_ERROR_KEY);
  CHECK(strstr(mp_error_message(error, NULL), "42"));
  mp_error_free(error);
  left = read_file(at.bundle, &after);
  CHECK(kept && left && before == after && memcmp(kept, left, before) == 0);
  free(kept);
  free(left);
  mp_signer_free(signer);
  drop_place(&at);
  drop_key(&one);
}

static void nothing_is_signed_without_a_signer_or_a_bundle(void) {
  const mp_signer *none = NULL;
  key one = make_key();
  place at;
  CHECK(make_place(&at) && one.signer);
  CHECK_INT(mp_bundle_sign(at.bundle, strlen(at.bundle), NULL, 0, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_bundle_sign(at.bundle, strlen(at.bundle), NULL, 1, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_bundle_sign(at.bundle, strlen(at.bundle), &none, 1, NULL), MP_ERROR_USAGE);
  CHECK_INT(sign_file("/no/such/file.mpk", one.signer, NULL), MP_ERROR_IO);
  CHECK(write_file(at.bundle, "no bundle", 9));
  CHECK_INT(sign_file(at.bundle, one.signer, NULL), MP_ERROR_NOT_A_BUNDLE);
  drop_place(&at);
  drop_key(&one);
  mp_signer_free(NULL);
}

static void a_bundle_is_written_with_its_signatures(void) {
  static const char MANIFEST[] =
      "{\"created_at\":\"2013-01-01T00:00:00Z\",\"engines\":[{\"name\":\"native\",\"requires\":[]}],"
      "\"format\":{\"major\":1,\"minor\":0},\"name\":\"written\",\"partition_keys\":[],\"requires\":[],"
      "\"task\":\"binary\",\"version\":\"2.0.0\"}";
  static const char SCHEMA[] =
      "{\"features\":[],\"keys\":[],\"outputs\":[{\"columns\":1,\"dtype\":\"float64\",\"name\":\"value\"}]}";
  mp_member member;
  key one = make_key();
  const mp_signer *signer = one.signer;
  mp_trust *trust = trust_of(public_pem(&one), strlen(public_pem(&one)));
  mp_bundle *bundle = NULL;
  char identity[72] = {0};
  const char *found;
  uint64_t length;
  place at;
  CHECK(make_place(&at) && trust);
  member.name = "schema.json";
  member.name_length = 11;
  member.data = SCHEMA;
  member.size = sizeof SCHEMA - 1;
  CHECK_INT(mp_bundle_write_signed(at.bundle, strlen(at.bundle), MANIFEST, sizeof MANIFEST - 1, &member, 1, &signer, 1, 1,
                                   identity, NULL),
            MP_OK);
  CHECK_INT(open_under(at.bundle, trust, &bundle), MP_OK);
  CHECK_INT(mp_bundle_identity(bundle, &found, &length, NULL), MP_OK);
  CHECK_TEXT(found, length, identity);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  drop_place(&at);
  drop_key(&one);
}

void add_signing_tests(void) {
  ADD(a_key_has_one_public_text_and_one_hint);
  ADD(a_signed_file_opens_under_its_keys);
  ADD(a_function_signs_and_what_it_answers_is_verified);
  ADD(nothing_is_signed_without_a_signer_or_a_bundle);
  ADD(a_bundle_is_written_with_its_signatures);
}
