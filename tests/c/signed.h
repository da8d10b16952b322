/* A signed copy of the fixture, for the tests of signing and trust. */
#ifndef SIGNED_H
#define SIGNED_H

#include "fixture.h"

/* The test's own folder, which drop_folder removes with the files named here. */
typedef struct {
  char folder[64];
  char bundle[96];
  char policy[96];
} place;

/* A folder with a copy of the fixture; 0 after a failed check. */
int make_place(place *out);
void drop_place(const place *at);
int write_file(const char *path, const void *data, size_t size);

typedef struct {
  mp_text *private_pem, *public_pem;
  mp_signer *signer;
} key;

/* A new key, without a passphrase. */
key make_key(void);
void drop_key(const key *one);
const char *public_pem(const key *one);

int32_t sign_file(const char *path, const mp_signer *first, const mp_signer *second);
/* What opening the file under the policy answers. */
int32_t open_under(const char *path, const mp_trust *trust, mp_bundle **bundle);
mp_trust *trust_of(const void *policy, size_t size);
/* Whether the text, which is freed, holds `part`. */
int text_has(mp_text *text, const char *part);

#endif
