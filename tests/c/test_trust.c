/* Trust policies: where they come from, what they decide, and how they change. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "signed.h"

/* A place whose bundle is signed by `one`, and whose policy trusts it for `glob`. */
static int make_signed_place(place *at, const key *one, const char *glob) {
  return make_place(at) && one->signer && sign_file(at->bundle, one->signer, NULL) == MP_OK &&
         mp_policy_add_key(at->policy, strlen(at->policy), "ci", 2, public_pem(one), strlen(public_pem(one)), glob,
                           glob ? strlen(glob) : 0, NULL) == MP_OK;
}

static mp_trust *trust_from(const char *path) {
  mp_trust *trust = NULL;
  return mp_trust_from_file(path, strlen(path), &trust, NULL) == MP_OK ? trust : NULL;
}

static int32_t open_from(const place *at) {
  mp_trust *trust = trust_from(at->policy);
  mp_bundle *bundle = NULL;
  int32_t code = trust ? open_under(at->bundle, trust, &bundle) : -1;
  mp_trust_free(trust);
  mp_bundle_free(bundle);
  return code;
}

static void a_policy_file_decides_and_changes(void) {
  static const char REST[] = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
  key one = make_key(), two = make_key();
  mp_bundle *bundle = NULL;
  const char *identity;
  uint64_t length;
  place at;
  CHECK(make_signed_place(&at, &one, "fix*"));
  CHECK_INT(open_from(&at), MP_OK);
  CHECK_INT(mp_policy_add_key(at.policy, strlen(at.policy), "team", 4, public_pem(&two), strlen(public_pem(&two)), NULL, 0, NULL),
            MP_OK);
  CHECK_INT(open_from(&at), MP_OK);
  CHECK_INT(mp_policy_revoke_identity(at.policy, strlen(at.policy), REST, 71, NULL, 0, NULL), MP_OK);
  CHECK_INT(open_from(&at), MP_OK);
  CHECK_INT(mp_bundle_inspect(at.bundle, strlen(at.bundle), &bundle, NULL), MP_OK);
  CHECK_INT(mp_bundle_identity(bundle, &identity, &length, NULL), MP_OK);
  CHECK_INT(mp_policy_revoke_identity(at.policy, strlen(at.policy), identity, length, "fixture", 7, NULL), MP_OK);
  CHECK_INT(open_from(&at), MP_ERROR_REVOKED);
  CHECK_INT(mp_policy_revoke_key(at.policy, strlen(at.policy), "ci", 2, NULL), MP_OK);
  CHECK_INT(open_from(&at), MP_ERROR_TOO_FEW_SIGNATURES);
  CHECK_INT(mp_policy_revoke_key(at.policy, strlen(at.policy), "nobody", 6, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_policy_revoke_identity(at.policy, strlen(at.policy), identity, 70, NULL, 0, NULL), MP_ERROR_USAGE);
  mp_bundle_free(bundle);
  drop_place(&at);
  drop_key(&one);
  drop_key(&two);
}

static void a_policy_that_is_none_is_refused(void) {
  static const char *const TEXTS[] = {"", "UNSIGNED", "{}", "{\"modelpack_trust\":1,\"keys\":{},\"rules\":[],\"unsigned\":true}"};
  size_t i;
  for (i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
    mp_trust *trust = NULL;
    mp_error *error = NULL;
    CHECK_INT(mp_trust_from_bytes(TEXTS[i], strlen(TEXTS[i]), "mine", 4, &trust, &error), MP_ERROR_TRUST_POLICY);
    CHECK(strstr(mp_error_message(error, NULL), "mine") && !trust);
    mp_error_free(error);
  }
}

static void an_engine_is_a_permission(void) {
  key one = make_key();
  mp_trust *trust;
  mp_bundle *bundle = NULL;
  mp_predictor *predictor = NULL;
  size_t size = 0;
  char *text, *end;
  uint32_t engines = 0;
  place at;
  CHECK(make_signed_place(&at, &one, NULL));
  trust = trust_from(at.policy);
  CHECK_INT(open_under(at.bundle, trust, &bundle), MP_OK);
  CHECK_INT(mp_bundle_permitted_engines(bundle, &engines, NULL), MP_OK);
  CHECK_INT(engines, MP_ENGINE_NATIVE);
  CHECK_INT(mp_predictor_new(bundle, NULL, &predictor, NULL), MP_OK);
  mp_predictor_free(predictor);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  CHECK_INT(mp_trust_unsigned_onnx(&trust, NULL), MP_OK);
  CHECK_INT(open_under(at.bundle, trust, &bundle), MP_OK);
  CHECK_INT(mp_bundle_permitted_engines(bundle, &engines, NULL), MP_OK);
  CHECK_INT(engines, MP_ENGINE_NATIVE | MP_ENGINE_ONNX);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  text = (char *)read_file(at.policy, &size);
  CHECK(text);
  end = strstr(text, "\"bundle\"");
  CHECK(end);
  *end = 0;
  {
    char changed[4096];
    snprintf(changed, sizeof changed, "%s\"engines\": [\"onnx\"], \"%s", text, end + 1);
    trust = trust_of(changed, strlen(changed));
  }
  free(text);
  CHECK(trust);
  CHECK_INT(open_under(at.bundle, trust, &bundle), MP_OK);
  predictor = NULL;
  CHECK_INT(mp_predictor_new(bundle, NULL, &predictor, NULL), MP_ERROR_NOT_PERMITTED);
  CHECK(!predictor);
  mp_bundle_free(bundle);
  mp_trust_free(trust);
  drop_place(&at);
  drop_key(&one);
}

static void verification_reports_and_explanation_never_refuses(void) {
  key one = make_key(), two = make_key();
  mp_open_options options = {0};
  mp_text *report = NULL;
  mp_trust *trust, *other;
  place at;
  CHECK(make_signed_place(&at, &one, NULL));
  trust = trust_from(at.policy);
  other = trust_of(public_pem(&two), strlen(public_pem(&two)));
  CHECK(trust && other);
  options.struct_size = sizeof options;
  options.trust = trust;
  CHECK_INT(mp_bundle_verify(at.bundle, strlen(at.bundle), &options, MP_VERIFY_FULL, &report, NULL), MP_OK);
  CHECK(text_has(report, "\"trusted\":true,\"verified\":true}"));
  CHECK_INT(mp_bundle_verify(at.bundle, strlen(at.bundle), &options, 2, &report, NULL), MP_ERROR_USAGE);
  options.trust = other;
  CHECK_INT(mp_bundle_verify(at.bundle, strlen(at.bundle), &options, 0, &report, NULL), MP_ERROR_TOO_FEW_SIGNATURES);
  CHECK_INT(mp_bundle_explain(at.bundle, strlen(at.bundle), &options, &report, NULL), MP_OK);
  CHECK(text_has(report, "\"error\":{\"code\":206,"));
  options.trust = NULL;
  CHECK_INT(mp_bundle_explain(at.bundle, strlen(at.bundle), &options, &report, NULL), MP_OK);
  CHECK(text_has(report, "\"name\":\"UNTRUSTED\""));
  CHECK_INT(mp_trust_describe(trust, &report, NULL), MP_OK);
  CHECK(text_has(report, "\"name\":\"ci\""));
  CHECK_INT(mp_trust_describe(NULL, &report, NULL), MP_ERROR_USAGE);
  mp_trust_free(trust);
  mp_trust_free(other);
  drop_place(&at);
  drop_key(&one);
  drop_key(&two);
}

static void a_full_verification_finds_what_opening_does_not_read(void) {
  static const char METRICS[] = "metrics.json";
  key one = make_key();
  mp_open_options options = {0};
  mp_text *report = NULL;
  mp_bundle *bundle = NULL;
  const void *member;
  uint64_t member_size;
  size_t size = 0, at_byte;
  unsigned char *data;
  place at;
  CHECK(make_signed_place(&at, &one, NULL));
  options.struct_size = sizeof options;
  options.trust = trust_from(at.policy);
  data = read_file(at.bundle, &size);
  CHECK(data && open_under(at.bundle, options.trust, &bundle) == MP_OK);
  CHECK_INT(mp_bundle_member(bundle, METRICS, strlen(METRICS), &member, &member_size, NULL), MP_OK);
  for (at_byte = 0; at_byte + member_size < size && memcmp(data + at_byte, member, member_size) != 0; at_byte++) {}
  data[at_byte] ^= 1;
  CHECK(write_file(at.bundle, data, size));
  free(data);
  CHECK_INT(mp_bundle_verify(at.bundle, strlen(at.bundle), &options, 0, &report, NULL), MP_OK);
  mp_text_free(report);
  CHECK_INT(mp_bundle_verify(at.bundle, strlen(at.bundle), &options, MP_VERIFY_FULL, &report, NULL), MP_ERROR_DIGEST);
  mp_bundle_free(bundle);
  mp_trust_free((mp_trust *)options.trust);
  drop_place(&at);
  drop_key(&one);
}

static void an_opened_bundle_says_why_and_keeps_saying_it(void) {
  key one = make_key();
  mp_trust *trust;
  mp_bundle *bundle = NULL, *inspected = NULL;
  const char *json;
  uint64_t length;
  place at;
  CHECK(make_signed_place(&at, &one, NULL));
  trust = trust_from(at.policy);
  mp_trust_retain(trust);
  mp_trust_retain(NULL);
  mp_trust_free(trust);
  CHECK_INT(open_under(at.bundle, trust, &bundle), MP_OK);
  mp_trust_free(trust);
  CHECK_INT(mp_bundle_explanation(bundle, &json, &length, NULL), MP_OK);
  CHECK(length > 10 && memcmp(json, "{\"bundle\":", 10) == 0);
  CHECK_INT(mp_bundle_inspect(at.bundle, strlen(at.bundle), &inspected, NULL), MP_OK);
  CHECK_INT(mp_bundle_explanation(inspected, &json, &length, NULL), MP_ERROR_USAGE);
  mp_bundle_free(inspected);
  mp_bundle_free(bundle);
  drop_place(&at);
  drop_key(&one);
}

static void an_identity_is_trusted_alone(void) {
  static const char REST[] = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
  mp_bundle *bundle = open_fixture(), *again = NULL;
  mp_trust *trust = NULL;
  const char *identity, *path = path_in(fixture_folder, "fixture.mpk");
  uint64_t length;
  int32_t verified = 0;
  CHECK(bundle);
  CHECK_INT(mp_bundle_identity(bundle, &identity, &length, NULL), MP_OK);
  CHECK_INT(mp_trust_from_identity(identity, length, 8, &trust, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_trust_from_identity(identity, 9, MP_ENGINE_NATIVE, &trust, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_trust_from_identity(identity, length, MP_ENGINE_NATIVE, &trust, NULL), MP_OK);
  CHECK_INT(open_under(path, trust, &again), MP_OK);
  CHECK_INT(mp_bundle_verified(again, &verified, NULL), MP_OK);
  CHECK_INT(verified, 1);
  mp_trust_free(trust);
  mp_bundle_free(again);
  again = NULL;
  CHECK_INT(mp_trust_from_identity(REST, 71, MP_ENGINE_NATIVE, &trust, NULL), MP_OK);
  CHECK_INT(open_under(path, trust, &again), MP_ERROR_WRONG_IDENTITY);
  mp_trust_free(trust);
  mp_bundle_free(bundle);
}

/* Under MODELPACK_TRUST and XDG_CONFIG_HOME as given. */
static int32_t open_by_default(const place *at, const char *variable, const char *folder) {
  mp_trust *trust = NULL;
  mp_bundle *bundle = NULL;
  int32_t code;
  setenv("MODELPACK_TRUST", variable, 1);
  setenv("XDG_CONFIG_HOME", folder, 1);
  code = mp_trust_default(&trust, NULL);
  if (code == MP_OK) code = open_under(at->bundle, trust, &bundle);
  unsetenv("MODELPACK_TRUST");
  unsetenv("XDG_CONFIG_HOME");
  mp_trust_free(trust);
  mp_bundle_free(bundle);
  return code;
}

static void the_users_policy_is_found_and_a_variable_never_means_unsigned(void) {
  key one = make_key();
  mp_text *locations = NULL;
  place at;
  CHECK(make_signed_place(&at, &one, NULL));
  CHECK_INT(open_by_default(&at, at.policy, "/no/such/folder"), MP_OK);
  CHECK_INT(open_by_default(&at, "", "/no/such/folder"), MP_ERROR_UNTRUSTED);
  CHECK_INT(open_by_default(&at, "UNSIGNED", "/no/such/folder"), MP_ERROR_IO);
  CHECK_INT(open_by_default(&at, at.bundle, "/no/such/folder"), MP_ERROR_TRUST_POLICY);
  {
    char folder[128], path[160];
    snprintf(folder, sizeof folder, "%s/config", at.folder);
    snprintf(path, sizeof path, "%s/modelpack/trust.json", folder);
    CHECK_INT(mp_policy_add_key(path, strlen(path), "ci", 2, public_pem(&one), strlen(public_pem(&one)), NULL, 0, NULL), MP_OK);
    CHECK_INT(open_by_default(&at, "", folder), MP_OK);
    setenv("XDG_CONFIG_HOME", folder, 1);
    CHECK_INT(mp_trust_locations(&locations, NULL), MP_OK);
    unsetenv("XDG_CONFIG_HOME");
    CHECK(text_has(locations, path));
    unlink(path);
    snprintf(path, sizeof path, "%s/modelpack", folder);
    rmdir(path);
    rmdir(folder);
  }
  drop_place(&at);
  drop_key(&one);
}

static void what_has_no_place_to_go_is_not_made(void) {
  mp_text *text = NULL;
  char hint[64];
  CHECK_INT(mp_key_generate(NULL, 0, NULL, &text, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_key_generate(NULL, 0, &text, NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_key_public("x", 1, NULL, 0, NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_key_hint("x", 1, NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_key_hint(NULL, 0, hint, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_signer_from_pem("x", 1, NULL, 0, NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_trust_from_bytes("{}", 2, NULL, 0, NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_trust_from_file(NULL, 0, NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_trust_default(NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_trust_locations(NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_bundle_verify("x", 1, NULL, 0, NULL, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_bundle_explain(NULL, 0, NULL, &text, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_bundle_explain("/no/such/file", 13, NULL, &text, NULL), MP_ERROR_IO);
  CHECK_INT(mp_policy_add_key(NULL, 0, "a", 1, "x", 1, NULL, 0, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_policy_add_key("p", 1, "a", 1, "x", 1, NULL, 0, NULL), MP_ERROR_KEY);
  CHECK(!text);
}

void add_trust_tests(void) {
  ADD(what_has_no_place_to_go_is_not_made);
  ADD(a_policy_file_decides_and_changes);
  ADD(a_policy_that_is_none_is_refused);
  ADD(an_engine_is_a_permission);
  ADD(verification_reports_and_explanation_never_refuses);
  ADD(a_full_verification_finds_what_opening_does_not_read);
  ADD(an_opened_bundle_says_why_and_keeps_saying_it);
  ADD(an_identity_is_trusted_alone);
  ADD(the_users_policy_is_found_and_a_variable_never_means_unsigned);
}
