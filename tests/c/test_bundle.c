/* What a bundle says of itself. */
#include "fixture.h"

static void metadata_is_borrowed_from_the_bundle(void) {
  mp_bundle *bundle = open_fixture();
  const char *text;
  uint64_t length;
  int32_t verified = 9;
  CHECK(bundle);
  CHECK_INT(mp_bundle_name(bundle, &text, &length, NULL), MP_OK);
  CHECK_TEXT(text, length, "fixture");
  CHECK_INT(mp_bundle_version(bundle, &text, &length, NULL), MP_OK);
  CHECK_TEXT(text, length, "1.2.3");
  CHECK_INT(mp_bundle_identity(bundle, &text, &length, NULL), MP_OK);
  CHECK_INT(length, 71);
  CHECK(memcmp(text, "sha256:", 7) == 0);
  CHECK_INT(mp_bundle_model_digest(bundle, &text, &length, NULL), MP_OK);
  CHECK_INT(length, 71);
  int32_t order = 9;
  CHECK_INT(mp_bundle_check_successor(bundle, bundle, 0, NULL), MP_OK);
  CHECK_INT(mp_bundle_compare_version(bundle, bundle, &order, NULL), MP_OK);
  CHECK_INT(order, 0);
  CHECK_INT(mp_bundle_verified(bundle, &verified, NULL), MP_OK);
  CHECK_INT(verified, 0);
  mp_bundle_free(bundle);
}

static void members_are_listed_and_read(void) {
  mp_bundle *bundle = open_fixture();
  uint64_t count = 0, index, size = 0, again = 0, length;
  const void *data = NULL, *same = NULL;
  const char *name;
  CHECK(bundle);
  CHECK_INT(mp_bundle_member_count(bundle, &count, NULL), MP_OK);
  CHECK_INT(count, 7);
  for (index = 0; index < count; index++) {
    CHECK_INT(mp_bundle_member_name(bundle, index, &name, &length, NULL), MP_OK);
    CHECK_INT(mp_bundle_member(bundle, name, length, &data, &size, NULL), MP_OK);
    CHECK(size > 0);
  }
  CHECK_INT(mp_bundle_member_name(bundle, count, &name, &length, NULL), MP_ERROR_USAGE);
  CHECK_INT(mp_bundle_member(bundle, "metrics.json", 12, &data, &size, NULL), MP_OK);
  CHECK_TEXT((const char *)data, size, "{\"reported\":{}}");
  CHECK_INT(mp_bundle_member(bundle, "metrics.json", 12, &same, &again, NULL), MP_OK);
  CHECK(same == data && again == size);
  CHECK_INT(mp_bundle_member(bundle, "secret.json", 11, &same, &again, NULL), MP_ERROR_USAGE);
  CHECK(same == data);
  mp_bundle_free(bundle);
}

void add_bundle_tests(void) {
  ADD(metadata_is_borrowed_from_the_bundle);
  ADD(members_are_listed_and_read);
}
