/* Writing: the members of one bundle make the same bundle again. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"

#define MAX_MEMBERS 16

static const char MANIFEST[] =
    "{\"created_at\":\"2013-01-01T00:00:00Z\",\"engines\":[{\"name\":\"native\",\"requires\":[]}],"
    "\"format\":{\"major\":1,\"minor\":0},\"name\":\"written\",\"partition_keys\":[],\"requires\":[],"
    "\"task\":\"binary\",\"version\":\"2.0.0\"}";

/* All members but bundle.json, borrowed. */
static uint64_t members_of(const mp_bundle *bundle, mp_member *members) {
  uint64_t count = 0, index, kept = 0;
  mp_bundle_member_count(bundle, &count, NULL);
  for (index = 0; index < count && kept < MAX_MEMBERS; index++) {
    mp_member *member = &members[kept];
    if (mp_bundle_member_name(bundle, index, &member->name, &member->name_length, NULL) != MP_OK) return 0;
    if (member->name_length == 11 && memcmp(member->name, "bundle.json", 11) == 0) continue;
    if (mp_bundle_member(bundle, member->name, member->name_length, &member->data, &member->size, NULL) != MP_OK) return 0;
    kept++;
  }
  return kept;
}

static char *temporary_folder(void) {
  static char folder[] = "/tmp/modelpack-c-XXXXXX";
  memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
  return mkdtemp(folder);
}

static int32_t write_to(const char *path, const mp_member *members, uint64_t count, int32_t overwrite, char *identity) {
  return mp_bundle_write(path, strlen(path), MANIFEST, sizeof MANIFEST - 1, members, count, overwrite, identity, NULL);
}

static void members_make_a_bundle_whatever_their_order(void) {
  mp_bundle *bundle = open_fixture(), *written = NULL;
  mp_predictor *predictor = NULL;
  mp_open_options options = unsigned_options();
  mp_member members[MAX_MEMBERS], reversed[MAX_MEMBERS];
  char path[256], identity[72] = {0}, again[72] = {0}, *folder = temporary_folder();
  double margin = 0;
  uint64_t count, i;
  CHECK(bundle && folder);
  count = members_of(bundle, members);
  CHECK_INT(count, 6);
  for (i = 0; i < count; i++) reversed[i] = members[count - 1 - i];
  snprintf(path, sizeof path, "%s/written.mpk", folder);
  CHECK_INT(write_to(path, members, count, 0, identity), MP_OK);
  CHECK_INT(strlen(identity), 71);
  CHECK_INT(write_to(path, reversed, count, 0, NULL), MP_ERROR_IO); /* it exists */
  CHECK_INT(write_to(path, reversed, count, 1, again), MP_OK);
  CHECK(strcmp(identity, again) == 0);
  CHECK_INT(write_to(path, members, count, 2, NULL), MP_ERROR_USAGE);
  options.name = "written";
  options.name_length = 7;
  options.identity = identity;
  options.identity_length = 71;
  CHECK_INT(mp_bundle_open(path, strlen(path), &options, &written, NULL), MP_OK);
  unlink(path);
  rmdir(folder);
  CHECK_INT(mp_predictor_new(written, NULL, &predictor, NULL), MP_OK);
  CHECK_INT(predict_margin(predictor, GIVEN, &margin, NULL), MP_OK);
  CHECK_DOUBLE(margin, GIVEN_MARGIN);
  mp_predictor_free(predictor);
  mp_bundle_free(written);
  mp_bundle_free(bundle);
}

static void what_cannot_be_written_leaves_no_file(void) {
  mp_bundle *bundle = open_fixture();
  mp_member members[MAX_MEMBERS];
  char path[256], identity[72] = "kept", *folder = temporary_folder();
  uint64_t count;
  CHECK(bundle && folder);
  count = members_of(bundle, members);
  snprintf(path, sizeof path, "%s/refused.mpk", folder);
  members[0].name = "../escape";
  members[0].name_length = 9;
  CHECK_INT(write_to(path, members, count, 0, identity), MP_ERROR_MEMBER_NAME);
  members[0] = members[1];
  CHECK_INT(write_to(path, members, count, 0, identity), MP_ERROR_MEMBER_NAME); /* twice */
  members_of(bundle, members);
  CHECK_INT(mp_bundle_write(path, strlen(path), "{", 1, members, count, 0, identity, NULL), MP_ERROR_JSON);
  CHECK_INT(mp_bundle_write(path, strlen(path), "{}", 2, members, count, 0, identity, NULL), MP_ERROR_MANIFEST);
  CHECK(strcmp(identity, "kept") == 0);
  CHECK_INT(rmdir(folder), 0);
  mp_bundle_free(bundle);
}

static int32_t check_program(const mp_bundle *bundle, uint64_t cut) {
  static const char *const NAMES[] = {"schema.json", "dictionaries.safetensors", "programs.json", "models/main/tensors.safetensors"};
  const void *data[4];
  uint64_t sizes[4];
  int i;
  for (i = 0; i < 4; i++) {
    if (mp_bundle_member(bundle, NAMES[i], strlen(NAMES[i]), &data[i], &sizes[i], NULL) != MP_OK) return -1;
  }
  return mp_program_check(data[0], sizes[0], data[1], sizes[1], data[2], sizes[2], data[3], sizes[3] - cut, NULL);
}

static void a_program_is_checked_without_a_bundle(void) {
  mp_bundle *bundle = open_fixture();
  CHECK(bundle);
  CHECK_INT(check_program(bundle, 0), MP_OK);
  CHECK_INT(check_program(bundle, 1), MP_ERROR_TENSORS);
  mp_bundle_free(bundle);
}

void add_write_tests(void) {
  ADD(members_make_a_bundle_whatever_their_order);
  ADD(what_cannot_be_written_leaves_no_file);
  ADD(a_program_is_checked_without_a_bundle);
}
