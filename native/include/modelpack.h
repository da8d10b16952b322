/*
 * modelpack.h: predictions from a modelpack bundle, in process.
 *
 * Contract (docs/ABI.md has the whole of it)
 *  - Every call that can fail returns MP_OK (0) or an error code (> 0, the MP_ERROR_* list) and takes an optional
 *    `mp_error **`: NULL, or the address of a pointer that receives an error object to be freed with mp_error_free.
 *    On success it is left untouched. Outputs are written only on success; but after a batch that failed, without a status
 *    per row, the buffers of the call may hold some rows.
 *  - Handles are opaque. `_free` takes NULL. A handle may be used from many threads at once; freeing it while another
 *    thread uses it is the caller's error (retain one per owner instead: mp_predictor_retain).
 *  - Strings in: pointer and length in bytes, UTF-8, no terminator needed. Strings out: borrowed, valid until the handle that
 *    they came from is freed; not NUL-terminated.
 *  - Structs begin with `struct_size` (set it to sizeof) and `flags` (0, or the flags named beside it; an unknown flag is
 *    refused). A shorter struct takes defaults for what it lacks; a longer one needs a zero tail. Unused fields are zero.
 *  - Nothing here throws, aborts or unwinds into the caller.
 */
#ifndef MODELPACK_H
#define MODELPACK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* BEGIN cdef: what stands from here to END cdef is also read by cffi, so no preprocessor lines but plain #define NAME NUMBER. */

typedef struct mp_error mp_error;
typedef struct mp_text mp_text;
typedef struct mp_trust mp_trust;
typedef struct mp_signer mp_signer;
typedef struct mp_bundle mp_bundle;
typedef struct mp_predictor mp_predictor;
typedef struct mp_partition_writer mp_partition_writer;

#define MP_OK 0
/* BEGIN error codes (generated) */
/* A call breaks the contract of the API: a null pointer, an unknown flag, a wrong size. */
#define MP_ERROR_USAGE 1
/* The object was closed. */
#define MP_ERROR_CLOSED 2
/* The operating system refused to read or write. */
#define MP_ERROR_IO 10
/* An allocation failed. */
#define MP_ERROR_NO_MEMORY 11
/* The bytes are no modelpack bundle. */
#define MP_ERROR_NOT_A_BUNDLE 100
/* The file ends before its structure does. */
#define MP_ERROR_TRUNCATED 101
/* The ZIP structure is not the canonical one. */
#define MP_ERROR_CONTAINER 102
/* A member's name is not allowed, or stands twice. */
#define MP_ERROR_MEMBER_NAME 103
/* A member's bytes do not have the digest that bundle.json states. */
#define MP_ERROR_DIGEST 104
/* The members present and the members listed in bundle.json differ. */
#define MP_ERROR_MEMBERS 105
/* A JSON member is not canonical JSON. */
#define MP_ERROR_JSON 106
/* A safetensors member is not canonical, or a tensor is out of place. */
#define MP_ERROR_TENSORS 107
/* The manifest, bundle.json, does not have the fields that the format states. */
#define MP_ERROR_MANIFEST 108
/* The schema or the dictionaries do not have the form that the format states. */
#define MP_ERROR_SCHEMA 109
/* The program is not well formed. */
#define MP_ERROR_PROGRAM 110
/* This engine does not reproduce the golden rows of the bundle. */
#define MP_ERROR_GOLDEN 111
/* The bundle was written in a newer major format. */
#define MP_ERROR_NEWER_FORMAT 112
/* The bundle requires something that this version does not know. */
#define MP_ERROR_REQUIRES 113
/* A named limit is exceeded. */
#define MP_ERROR_LIMIT 114
/* The partitions, their index or their keys do not have the form that the format states. */
#define MP_ERROR_PARTITIONS 115
/* No trust policy permits this bundle. */
#define MP_ERROR_UNTRUSTED 200
/* The bundle has another name than the caller expects. */
#define MP_ERROR_WRONG_NAME 201
/* The bundle's version is lower than the caller or the trust policy accepts. */
#define MP_ERROR_WRONG_VERSION 202
/* The bundle has another identity than the caller or the trust policy expects. */
#define MP_ERROR_WRONG_IDENTITY 203
/* The trust policy does not have the form that the format states. */
#define MP_ERROR_TRUST_POLICY 204
/* A signature under a trusted key does not verify, or is not of the form that the format states. */
#define MP_ERROR_SIGNATURE 205
/* Fewer signatures count than the rule of the trust policy asks for. */
#define MP_ERROR_TOO_FEW_SIGNATURES 206
/* The trust policy revokes this bundle's identity. */
#define MP_ERROR_REVOKED 207
/* The trust policy does not permit the engine asked for. */
#define MP_ERROR_NOT_PERMITTED 208
/* A key cannot be read, or is of a kind that is not used. */
#define MP_ERROR_KEY 209
/* Callers of the bundle in use would not be served by this one. */
#define MP_ERROR_INCOMPATIBLE_SCHEMA 210
/* A required feature is not present. */
#define MP_ERROR_FEATURE_ABSENT 300
/* A name is not a feature of the model. */
#define MP_ERROR_FEATURE_UNKNOWN 301
/* A value has a type that the feature does not take. */
#define MP_ERROR_WRONG_TYPE 302
/* A value cannot be held exactly in the feature's type. */
#define MP_ERROR_NOT_EXACT 303
/* A missing value where none is accepted. */
#define MP_ERROR_MISSING 304
/* A category that training did not see where none is accepted. */
#define MP_ERROR_UNSEEN 305
/* An infinite, too large or NaN value where the model refuses it. */
#define MP_ERROR_NON_FINITE 306
/* The number of columns, rows or cells is not the one expected. */
#define MP_ERROR_WRONG_SHAPE 307
/* An output buffer is too small or has another type. */
#define MP_ERROR_BUFFER 308
/* Cells were prepared for another bundle's schema. */
#define MP_ERROR_STALE_SCHEMA 309
/* Arrow data is malformed or of a type that is not taken. */
#define MP_ERROR_ARROW 310
/* The model has a part that cannot be reproduced exactly. */
#define MP_ERROR_UNSUPPORTED_MODEL 400
/* The engine asked for is not in the bundle or cannot be loaded. */
#define MP_ERROR_ENGINE 401
/* An engine other than native failed; nothing was answered. */
#define MP_ERROR_ENGINE_FAILED 402
/* The program's answers differ from the framework's beyond the stated bound. */
#define MP_ERROR_MISMATCH 500
/* A defect in modelpack; nothing was answered. */
#define MP_ERROR_INTERNAL 900
/* END error codes (generated) */

/* dtypes of features, outputs, matrices and columns */
#define MP_DTYPE_FLOAT64 1
#define MP_DTYPE_FLOAT32 2
#define MP_DTYPE_INT64 3
#define MP_DTYPE_BOOL 4
#define MP_DTYPE_STRING 5
#define MP_DTYPE_TIMESTAMP 6
/* further dtypes of matrices and columns only */
#define MP_DTYPE_INT8 7
#define MP_DTYPE_INT16 8
#define MP_DTYPE_INT32 9
#define MP_DTYPE_UINT8 10
#define MP_DTYPE_UINT16 11
#define MP_DTYPE_UINT32 12
#define MP_DTYPE_UINT64 13
#define MP_DTYPE_FLOAT16 14
/* 8-byte cells of the feature's own kind */
#define MP_DTYPE_CELL 15

#define MP_CELL_NUMBER 1
#define MP_CELL_INTEGER 2
#define MP_CELL_TIME 3
#define MP_CELL_BOOL 4
#define MP_CELL_CODE 5
#define MP_CELL_TEXT 6

#define MP_POLICY_MODEL 1
#define MP_POLICY_REJECT 2
#define MP_POLICY_DEFAULT 3

#define MP_NULL_NONE 1
#define MP_NULL_NAN 2

/* why a node answers for a row */
#define MP_REASON_EXACT 0   /* it is the node of the row's key */
#define MP_REASON_PRUNED 1  /* the node of the key is pruned: an ancestor answers */
#define MP_REASON_UNKNOWN 2 /* there is no node of the key: an ancestor answers */
#define MP_REASON_MISSING 3 /* a level has no value: the node of the levels before it, or an ancestor */
/* the row's key could not be read; its node is -1 then */
#define MP_REASON_NONE 255

/* ---- version and errors ---- */

/* Version of this ABI; raised only when a call changes or goes. */
uint32_t mp_abi_version(void);
/* Version of the library, NUL-terminated, static. */
const char *mp_version(void);
/*
 * This machine as the compiled libraries of bundles are named, such as x86_64-linux-gnu; empty where nothing is compiled for it.
 * NUL-terminated, static.
 */
const char *mp_host_triple(void);

int32_t mp_error_code(const mp_error *error);
/* The name in the list of errors, such as WRONG_TYPE; NUL-terminated, static. */
const char *mp_error_name(const mp_error *error);
/* One line: what is wrong, and the way out. Borrowed, NUL-terminated; *length may be NULL. */
const char *mp_error_message(const mp_error *error, uint64_t *length);
/* The feature, partition node or hint that the error speaks of, or NULL. Borrowed, NUL-terminated; *length may be NULL. */
const char *mp_error_feature(const mp_error *error, uint64_t *length);
const char *mp_error_node(const mp_error *error, uint64_t *length);
const char *mp_error_hint(const mp_error *error, uint64_t *length);
/* Row within the call, or -1. */
int64_t mp_error_row(const mp_error *error);
void mp_error_free(mp_error *error);

/* ---- texts that a call makes for its caller ---- */

/* The text: UTF-8, borrowed from `text`, followed by a NUL that *length (may be NULL) does not count. NULL for NULL. */
const char *mp_text_data(const mp_text *text, uint64_t *length);
/* Overwrites the text before its memory goes back: it may be a private key. */
void mp_text_free(mp_text *text);

/* ---- keys: ECDSA on P-256 or P-384, as PEM ---- */

/* A new P-256 key. *private_pem is PKCS#8, encrypted if there is a passphrase (NULL: none); *public_pem is what a policy takes. */
int32_t mp_key_generate(const char *passphrase, uint64_t passphrase_length, mp_text **private_pem, mp_text **public_pem,
                        mp_error **error);
/* The canonical PEM of the public key of a public or private key: PKCS#8, SEC1, encrypted PKCS#8 with its passphrase. */
int32_t mp_key_public(const char *pem, uint64_t pem_length, const char *passphrase, uint64_t passphrase_length,
                      mp_text **public_pem, mp_error **error);
/* The 64 hex digits (*hint has room for them; no NUL) that name a key's signature: SHA-256 of its canonical public PEM. */
int32_t mp_key_hint(const char *public_pem, uint64_t public_pem_length, char *hint, mp_error **error);

/* ---- signing ---- */

/* Signs for a key that is elsewhere (KMS, HSM): an ECDSA signature over the `size` bytes at `data`, hashed with SHA-256 (P-256) or
 * SHA-384 (P-384), as DER, to `signature`, which has room for `capacity` (256) bytes, and its length to *length. Answers 0, or
 * any other number for a failure, which the error repeats. Must not unwind. What it answers is verified before it is written. */
typedef int32_t (*mp_sign_function)(void *context, const void *data, uint64_t size, void *signature, uint64_t capacity,
                                    uint64_t *length);

int32_t mp_signer_from_pem(const char *pem, uint64_t pem_length, const char *passphrase, uint64_t passphrase_length,
                           mp_signer **out, mp_error **error);
/* `context` is handed to `sign` in each call and must live as long as the signer. */
int32_t mp_signer_from_function(const char *public_pem, uint64_t public_pem_length, mp_sign_function sign, void *context,
                                mp_signer **out, mp_error **error);
void mp_signer_free(mp_signer *signer);

/* Signs a bundle file in place, by way of a temporary file that is synced and renamed. Every member is hashed first. Signatures
 * by other keys stay; one by the same key is replaced. The identity stays. Signers sign one after the other, on this thread. */
int32_t mp_bundle_sign(const char *path, uint64_t path_length, const mp_signer *const *signers, uint64_t signer_count,
                       mp_error **error);

/* ---- trust ---- */

#define MP_ENGINE_NATIVE 1
#define MP_ENGINE_ONNX 2
#define MP_ENGINE_COMPILED 4

/* The policy that skips signatures: nothing says who made the bundle. Digests are still checked; native engine only. */
int32_t mp_trust_unsigned(mp_trust **out, mp_error **error);
/* The same, and the ONNX engine, a large parser, may read the bundle too. Nothing permits machine code without a signature. */
int32_t mp_trust_unsigned_onnx(mp_trust **out, mp_error **error);
/* A policy file (trust.json), or a public key as PEM: whatever it signed, native engine only. */
int32_t mp_trust_from_file(const char *path, uint64_t path_length, mp_trust **out, mp_error **error);
/* The same from the bytes of such a file. `source` (may be NULL) names them in errors and reports. */
int32_t mp_trust_from_bytes(const void *data, uint64_t size, const char *source, uint64_t source_length, mp_trust **out,
                            mp_error **error);
/* The file that the environment variable MODELPACK_TRUST names, else trust.json in the user's configuration folder. Where there
 * is none, the handle permits nothing, and what is opened with it says how to mend that. */
int32_t mp_trust_default(mp_trust **out, mp_error **error);
/* Exactly the bundle of this identity, which somebody else has verified, and these engines (MP_ENGINE_*): how executors open what
 * their driver verified. */
int32_t mp_trust_from_identity(const char *identity, uint64_t identity_length, uint32_t engines, mp_trust **out,
                               mp_error **error);
/* One more owner, who frees once. */
void mp_trust_retain(const mp_trust *trust);
void mp_trust_free(mp_trust *trust);
/* The policy as JSON, defaults filled in: {"keys":[{"curve","hint","name","not_after","pem","revoked"}],"rules":[...],"source"};
 * a rule has the fields of mp_bundle_explain's, but number. */
int32_t mp_trust_describe(const mp_trust *trust, mp_text **json, mp_error **error);

/* Where the user's key and policy stand, and what mp_trust_default reads: {"default":PATH,"key":PATH,"policy":PATH}, null where the
 * system names no place. Files may not be there. */
int32_t mp_trust_locations(mp_text **json, mp_error **error);
/* Changes a policy file, by way of a temporary file; made if it is not there. The key joins the rule for exactly this glob (NULL:
 * "*"); a new rule stands before the first one that would take its bundles. */
int32_t mp_policy_add_key(const char *path, uint64_t path_length, const char *name, uint64_t name_length, const char *public_pem,
                          uint64_t public_pem_length, const char *glob, uint64_t glob_length, mp_error **error);
int32_t mp_policy_revoke_key(const char *path, uint64_t path_length, const char *name, uint64_t name_length, mp_error **error);
/* In every rule whose glob matches `bundle` (NULL: in every rule). */
int32_t mp_policy_revoke_identity(const char *path, uint64_t path_length, const char *identity, uint64_t identity_length,
                                  const char *bundle, uint64_t bundle_length, mp_error **error);

/* ---- bundle ---- */

typedef struct mp_open_options {
  uint32_t struct_size;
  uint32_t flags;
  const mp_trust *trust; /* NULL: refused, since no policy permits the bundle; mp_trust_default gives the user's own */
  const char *name;      /* expected name, or NULL */
  uint64_t name_length;
  const char *min_version; /* lowest version accepted, or NULL */
  uint64_t min_version_length;
  const char *identity; /* expected identity (sha256:...), or NULL */
  uint64_t identity_length;
} mp_open_options;

/* `path`: UTF-8. The file is read into private memory; replacing it later changes nothing. */
int32_t mp_bundle_open(const char *path, uint64_t path_length, const mp_open_options *options, mp_bundle **out,
                       mp_error **error);
/* The bytes are copied. */
int32_t mp_bundle_open_memory(const void *data, uint64_t size, const mp_open_options *options, mp_bundle **out,
                              mp_error **error);
/* A bundle may be freed while its predictors live. */
void mp_bundle_free(mp_bundle *bundle);

int32_t mp_bundle_name(const mp_bundle *bundle, const char **text, uint64_t *length, mp_error **error);
int32_t mp_bundle_version(const mp_bundle *bundle, const char **text, uint64_t *length, mp_error **error);
/* sha256:<64 hex> */
int32_t mp_bundle_identity(const mp_bundle *bundle, const char **text, uint64_t *length, mp_error **error);
int32_t mp_bundle_model_digest(const mp_bundle *bundle, const char **text, uint64_t *length, mp_error **error);
/* *verified: 1 if a policy's rule was met, 0 if opened under mp_trust_unsigned or for inspection. */
int32_t mp_bundle_verified(const mp_bundle *bundle, int32_t *verified, mp_error **error);
/* *engines: MP_ENGINE_* that the policy permits; 0 for inspection. */
int32_t mp_bundle_permitted_engines(const mp_bundle *bundle, uint32_t *engines, mp_error **error);
/* Why it may be used, as the JSON of mp_bundle_explain. Borrowed from the bundle. */
int32_t mp_bundle_explanation(const mp_bundle *bundle, const char **json, uint64_t *length, mp_error **error);
/* Whether next may take the place of bundle while callers go on: MP_OK, or why not. MP_ERROR_WRONG_NAME: it has another name.
   Unless allow_rollback is 1: MP_ERROR_WRONG_VERSION for a lower version, MP_ERROR_WRONG_IDENTITY for another build of the same.
   MP_ERROR_INCOMPATIBLE_SCHEMA, with the differences in the message: whoever calls bundle, by name or by position, would not
   be served by next (docs/SERVICE.md). */
int32_t mp_bundle_check_successor(const mp_bundle *bundle, const mp_bundle *next, int32_t allow_rollback, mp_error **error);
/* *order: 1 where the version of bundle is higher than that of other, 0 where it is equal, -1 where it is lower. */
int32_t mp_bundle_compare_version(const mp_bundle *bundle, const mp_bundle *other, int32_t *order, mp_error **error);
/* The bytes of a member (bundle.json, metrics.json, ...), its digest checked before they are handed out. Borrowed. */
int32_t mp_bundle_member(const mp_bundle *bundle, const char *name, uint64_t name_length, const void **data, uint64_t *size,
                         mp_error **error);
int32_t mp_bundle_member_count(const mp_bundle *bundle, uint64_t *count, mp_error **error);
int32_t mp_bundle_member_name(const mp_bundle *bundle, uint64_t index, const char **text, uint64_t *length, mp_error **error);

/* Structure and digests of every member are checked; no trust is asked and nothing is run: for tools that show a bundle. The
 * handle answers mp_bundle_* and mp_schema_* calls; a predictor cannot be made from it. */
int32_t mp_bundle_inspect(const char *path, uint64_t path_length, mp_bundle **out, mp_error **error);

#define MP_VERIFY_FULL 1
/* Opens the bundle as mp_bundle_open does, with MP_VERIFY_FULL hashes every member too, and reports what mp_bundle_explain does. */
int32_t mp_bundle_verify(const char *path, uint64_t path_length, const mp_open_options *options, uint32_t flags, mp_text **json,
                         mp_error **error);
/* Which rule decides over the bundle, which signatures count and why others do not. Succeeds whatever the decision, unless the
 * file has no readable structure or bundle.json. JSON:
 * {"bundle":{"identity","name","version"},"engines":[...],"error":null|{"code","hint","message","name"},"policy":TEXT,
 *  "rule":null|{"bundle","engines","identities","keys","min_version","number","revoked_identities","threshold"},
 *  "signatures":[{"counts":BOOL,"hint","key":null|NAME,"why":TEXT}],"trusted":BOOL,"verified":BOOL} */
int32_t mp_bundle_explain(const char *path, uint64_t path_length, const mp_open_options *options, mp_text **json,
                          mp_error **error);

/* ---- schema ---- */

#define MP_FEATURE_OPTIONAL 1
typedef struct mp_feature {
  uint32_t struct_size;
  uint32_t flags; /* out: MP_FEATURE_OPTIONAL */
  const char *name;
  uint64_t name_length;
  int32_t dtype;     /* MP_DTYPE_FLOAT64 ... MP_DTYPE_TIMESTAMP */
  int32_t cell_kind; /* MP_CELL_* */
  int32_t missing_policy;
  int32_t unseen_policy;
  int32_t null_is; /* MP_NULL_*: what a null of a carrier that has only one is to the model */
  int32_t reserved;
  uint64_t category_count; /* string features: entries of the dictionary */
} mp_feature;

typedef struct mp_output_info {
  uint32_t struct_size;
  uint32_t flags;
  const char *name;
  uint64_t name_length;
  int32_t dtype; /* FLOAT64, FLOAT32 or INT64 (label: class index) */
  int32_t reserved;
  uint64_t columns;
  uint64_t class_count; /* of the first column; 0 where the output has no classes */
} mp_output_info;

/* One class of an output; `dtype` says which field holds it. */
typedef struct mp_class {
  uint32_t struct_size;
  uint32_t flags;
  int32_t dtype; /* INT64, FLOAT64, BOOL or STRING */
  int32_t reserved;
  int64_t integer; /* INT64, BOOL */
  double number;   /* FLOAT64 */
  const char *text;
  uint64_t text_length;
} mp_class;

int32_t mp_schema_feature_count(const mp_bundle *bundle, uint64_t *count, mp_error **error);
int32_t mp_schema_feature(const mp_bundle *bundle, uint64_t index, mp_feature *out, mp_error **error);
/* An unknown name is an error that suggests the nearest one. */
int32_t mp_schema_feature_index(const mp_bundle *bundle, const char *name, uint64_t name_length, uint64_t *index,
                                mp_error **error);
int32_t mp_schema_category(const mp_bundle *bundle, uint64_t feature, uint64_t code, const char **text, uint64_t *length,
                           mp_error **error);
/* *code: position in the dictionary, or -3 where the text is not in it. */
int32_t mp_schema_code(const mp_bundle *bundle, uint64_t feature, const char *text, uint64_t length, int64_t *code,
                       mp_error **error);
int32_t mp_schema_output_count(const mp_bundle *bundle, uint64_t *count, mp_error **error);
int32_t mp_schema_output(const mp_bundle *bundle, uint64_t index, mp_output_info *out, mp_error **error);
/* `column`: the label column (0 for most models). */
int32_t mp_schema_class(const mp_bundle *bundle, uint64_t output, uint64_t column, uint64_t index, mp_class *out,
                        mp_error **error);
/* First 8 bytes (little-endian) of SHA-256 over schema and dictionaries: cells are good for bundles with the same token only. */
int32_t mp_schema_token(const mp_bundle *bundle, uint64_t *token, mp_error **error);

/* ---- cells: one value to its 8-byte cell, by the coercion table of docs/TYPES.md ---- */

/* null_kind: MP_NULL_NONE, MP_NULL_NAN, or 0: the feature's null_is. */
int32_t mp_cell_null(const mp_bundle *bundle, uint64_t feature, int32_t null_kind, uint64_t *cell, mp_error **error);
int32_t mp_cell_f64(const mp_bundle *bundle, uint64_t feature, double value, uint64_t *cell, mp_error **error);
int32_t mp_cell_i64(const mp_bundle *bundle, uint64_t feature, int64_t value, uint64_t *cell, mp_error **error);
int32_t mp_cell_bool(const mp_bundle *bundle, uint64_t feature, int32_t value, uint64_t *cell, mp_error **error);
/* A timestamp, microseconds since 1970-01-01 UTC. */
int32_t mp_cell_time(const mp_bundle *bundle, uint64_t feature, int64_t micros, uint64_t *cell, mp_error **error);
int32_t mp_cell_text(const mp_bundle *bundle, uint64_t feature, const char *text, uint64_t length, uint64_t *cell,
                     mp_error **error);

/* ---- partitions: the nodes of a bundle whose models are chosen by keys ---- */

/* Nodes are numbers: 0 is the root, 1 and above stand in the order of the index, -1 is none. They are good for one bundle only. A
 * bundle without partitions has the root alone. A key is the JSON of an array, a value a level:
 * a string, an integer ({"i64":"…"} beyond 2^53-1), true, false; null: missing. */

#define MP_NODE_PRUNED 1
#define MP_NODE_FACTS 2
typedef struct mp_node {
  uint32_t struct_size;
  uint32_t flags;       /* out: MP_NODE_PRUNED: an ancestor answers; MP_NODE_FACTS: nodes.safetensors speaks of it */
  int64_t parent;       /* nearest ancestor that has a record, pruned or not; -1 for the root */
  int64_t answers;      /* the node itself, or the ancestor that answers if it is pruned */
  uint64_t depth;       /* levels of its key */
  uint64_t size_bytes;  /* of its tensors; 0 if it is pruned, or without partitions */
  const char *program;  /* digest of its program, 64 hex digits, borrowed; NULL for the root and if it is pruned */
  uint64_t program_length;
  uint8_t digest[32];   /* SHA-256 of its tensors, zero for the root and if it is pruned: equal digests, equal models */
  int64_t rows;         /* training rows; -1 unknown */
  double metric;        /* on validation rows; NaN unknown */
  double parent_metric; /* the parent's on the same rows; NaN unknown */
  int32_t fact_reason;  /* 0 kept, 1 does not beat its parent, 2 too few rows, 3 lacks classes */
  int32_t reserved;
} mp_node;

/* Levels of the keys; 0: no partitions. */
int32_t mp_partition_level_count(const mp_bundle *bundle, uint64_t *count, mp_error **error);
/* The feature that holds the key's value of a level. */
int32_t mp_partition_level(const mp_bundle *bundle, uint64_t level, uint64_t *feature, mp_error **error);
/* Nodes with the root. */
int32_t mp_partition_node_count(const mp_bundle *bundle, uint64_t *count, mp_error **error);
int32_t mp_partition_node(const mp_bundle *bundle, int64_t node, mp_node *out, mp_error **error);
/* The key of a node, and the node as people read it: PL/Warsaw, / for the root. */
int32_t mp_partition_key(const mp_bundle *bundle, int64_t node, mp_text **json, mp_error **error);
int32_t mp_partition_path(const mp_bundle *bundle, int64_t node, mp_text **text, mp_error **error);
/* All nodes, each before its descendants, values of one level in their natural order; `capacity` is at least their number. */
int32_t mp_partition_tree_order(const mp_bundle *bundle, int64_t *nodes, uint64_t capacity, mp_error **error);
/* The measure of the nodes' facts: {"greater_is_better":BOOL,"name":TEXT}, or null where there are no facts. */
int32_t mp_partition_metric(const mp_bundle *bundle, mp_text **json, mp_error **error);
/* The node that answers for a key, and why (MP_REASON_*). A key with fewer values than levels is missing the others. */
int32_t mp_partition_find(const mp_bundle *bundle, const char *key, uint64_t key_length, int64_t *node, int32_t *reason,
                          mp_error **error);
/* The node of exactly this key, pruned or not; -1 where there is none. [] is the root. */
int32_t mp_partition_exact(const mp_bundle *bundle, const char *key, uint64_t key_length, int64_t *node, mp_error **error);

/* ---- predictor ---- */

typedef struct mp_predictor_options {
  uint32_t struct_size;
  uint32_t flags;
  const char *engine; /* "native", "onnx", "compiled", or NULL: native, or onnx where the bundle has no program */
  uint64_t engine_length;
  int32_t threads; /* threads a batch may use: 0 or 1 one, -1 as many as there are processors */
  int32_t reserved;
  uint64_t cache_bytes; /* memory that models of nodes may take, the root not counted; 0: 1 GiB */
  /* For the engine onnx: absolute path of ONNX Runtime's library, or NULL. Looked for in this order: here; in the environment
   * variable MODELPACK_ONNXRUNTIME; in onnxruntime_found, where a binding has found one; in the system's folders. It is loaded once
   * and stays; ORT_DISABLE_TELEMETRY=1 is put into the environment before. */
  const char *onnxruntime;
  uint64_t onnxruntime_length;
  const char *onnxruntime_found;
  uint64_t onnxruntime_found_length;
} mp_predictor_options;

/* The golden rows are replayed before the predictor is handed out. */
int32_t mp_predictor_new(const mp_bundle *bundle, const mp_predictor_options *options, mp_predictor **out, mp_error **error);
/* Adds an owner; each owner frees once. The last free releases the memory. */
void mp_predictor_retain(const mp_predictor *predictor);
void mp_predictor_free(mp_predictor *predictor);
/* The plan as text: steps, and the proof behind each rewrite. Borrowed. */
int32_t mp_predictor_plan(const mp_predictor *predictor, const char **text, uint64_t *length, mp_error **error);
int32_t mp_predictor_engine(const mp_predictor *predictor, const char **text, uint64_t *length, mp_error **error);

typedef struct mp_feature_stats {
  uint32_t struct_size;
  uint32_t flags;
  uint64_t rows;    /* rows answered by this predictor */
  uint64_t missing; /* of those, with this feature missing */
  uint64_t unseen;  /* with a category that training did not see */
  uint64_t rounded; /* rounded to the feature's f32 */
  uint64_t absent;  /* optional feature not present */
} mp_feature_stats;

int32_t mp_predictor_stats(const mp_predictor *predictor, uint64_t feature, mp_feature_stats *out, mp_error **error);

/* Models of nodes are loaded when they are first used, and given up again, least recently used first, when they take more memory
 * than cache_bytes. Loads these nodes now: NULL means in the order of their numbers as many as fit into the cache. Pruned nodes
 * have nothing to load. Nodes that fail do not keep others from being loaded; the error is that of the first. */
int32_t mp_predictor_preload(const mp_predictor *predictor, const int64_t *nodes, uint64_t node_count, mp_error **error);

#define MP_NODE_LOADED 1
typedef struct mp_node_stats {
  uint32_t struct_size;
  uint32_t flags;        /* out: MP_NODE_LOADED: its model is in memory */
  uint64_t rows;         /* rows that it answered */
  uint64_t loads;        /* times that its model was loaded */
  uint64_t failures;     /* times that loading failed */
  uint64_t memory_bytes; /* that its model takes, about; 0 if it is not loaded */
} mp_node_stats;

int32_t mp_predictor_node_stats(const mp_predictor *predictor, int64_t node, mp_node_stats *out, mp_error **error);

typedef struct mp_cache_stats {
  uint32_t struct_size;
  uint32_t flags;
  uint64_t budget_bytes;
  uint64_t memory_bytes; /* of the loaded models, about */
  uint64_t nodes;        /* loaded models */
  uint64_t loads;
  uint64_t failures;
  uint64_t evictions; /* models given up to keep to the budget */
} mp_cache_stats;

int32_t mp_predictor_cache_stats(const mp_predictor *predictor, mp_cache_stats *out, mp_error **error);

/* Where one output goes. */
typedef struct mp_output {
  uint32_t struct_size;
  uint32_t flags;
  uint64_t index;      /* output of the schema */
  void *data;          /* rows x columns of the output's dtype; label: int32 class index with MP_DTYPE_INT32 */
  int32_t dtype;       /* the output's dtype (label: MP_DTYPE_INT64 or MP_DTYPE_INT32) */
  int32_t reserved;
  uint64_t capacity;   /* bytes at data */
  uint64_t row_stride; /* bytes from row to row; 0: columns stand packed */
} mp_output;

typedef struct mp_predict_options {
  uint32_t struct_size;
  uint32_t flags;
  uint64_t output_mask; /* bit i: schema output i; 0: those in `outputs` */
  int32_t *status;      /* NULL: the first error fails the call; else one int32 per row: 0 or its error code */
  uint64_t status_count;
  uint64_t schema_token; /* 0, or mp_schema_token of the bundle the cells were made for: another one is STALE_SCHEMA */
  int64_t *nodes; /* NULL, or one int64 per row: the node that answers (0 without partitions); also for rows that failed */
  uint64_t node_count;
  uint8_t *reasons; /* NULL, or one byte per row: why it does (MP_REASON_*) */
  uint64_t reason_count;
} mp_predict_options;

/* One row: one cell per feature in schema order; `text` (NULL, 0 if unused) holds what cells of kind text point into. */
int32_t mp_predictor_predict_row(const mp_predictor *predictor, const uint64_t *cells, uint64_t cell_count, const char *text,
                                 uint64_t text_length, const mp_predict_options *options, const mp_output *outputs,
                                 uint64_t output_count, mp_error **error);

/* A matrix of one dtype, a column per feature in schema order; strides in bytes, any alignment. String features cannot stand in
 * a matrix. NaN is missing. */
typedef struct mp_matrix {
  uint32_t struct_size;
  uint32_t flags;
  const void *data;
  int32_t dtype;
  int32_t reserved;
  uint64_t rows;
  uint64_t columns;
  int64_t row_stride;
  int64_t column_stride;
} mp_matrix;

int32_t mp_predictor_predict_matrix(const mp_predictor *predictor, const mp_matrix *matrix, const mp_predict_options *options,
                                    const mp_output *outputs, uint64_t output_count, mp_error **error);

/* One column of a batch. dtype CELL: cells of the feature's kind. dtype STRING: `data` is UTF-8, `offsets` int64[rows + 1].
 * dtype BOOL: one byte a value. `valid`: NULL, or one byte a row, 0 for null (which the feature's null_is says). */
#define MP_COLUMN_ABSENT 1
typedef struct mp_column {
  uint32_t struct_size;
  uint32_t flags; /* MP_COLUMN_ABSENT: the (optional) feature is not present; all else is 0 then */
  const void *data;
  const int64_t *offsets;
  const uint8_t *valid;
  int32_t dtype;
  int32_t reserved;
  int64_t stride;
  uint64_t data_size; /* bytes at data, for STRING */
} mp_column;

/* Columns in schema order, one per feature. */
int32_t mp_predictor_predict_columns(const mp_predictor *predictor, const mp_column *columns, uint64_t column_count,
                                     uint64_t rows, const mp_predict_options *options, const mp_output *outputs,
                                     uint64_t output_count, mp_error **error);

/* Arrow C Data Interface: a struct array whose children are bound to features by name. Extra children are ignored unless flag
 * MP_ARROW_STRICT. On success array and schema are consumed (moved); on failure they stay the caller's. */
struct ArrowSchema;
struct ArrowArray;
#define MP_ARROW_STRICT 1
int32_t mp_predictor_predict_arrow(const mp_predictor *predictor, struct ArrowSchema *schema, struct ArrowArray *array,
                                   uint32_t flags, const mp_predict_options *options, const mp_output *outputs,
                                   uint64_t output_count, mp_error **error);

/* ---- writing (what `modelpack.pack` uses; the bytes are the caller's to check by opening them) ---- */

typedef struct mp_member {
  const char *name;
  uint64_t name_length;
  const void *data;
  uint64_t size;
} mp_member;

/* Writes a bundle to `path` by way of a temporary file that is synced and renamed. `manifest` is bundle.json without
 * `members` and `model_digest`, which are computed. Members may come in any order. *identity (may be NULL) receives 71 bytes. */
int32_t mp_bundle_write(const char *path, uint64_t path_length, const void *manifest, uint64_t manifest_size,
                        const mp_member *members, uint64_t member_count, int32_t overwrite, char *identity, mp_error **error);
/* The same, signed: the file appears with its signatures or not at all. */
int32_t mp_bundle_write_signed(const char *path, uint64_t path_length, const void *manifest, uint64_t manifest_size,
                               const mp_member *members, uint64_t member_count, const mp_signer *const *signers,
                               uint64_t signer_count, int32_t overwrite, char *identity, mp_error **error);

/* What is known about a node beside its model (member nodes.safetensors). */
typedef struct mp_node_fact {
  uint32_t struct_size;
  uint32_t flags;
  int64_t rows;         /* training rows; -1 unknown */
  double metric;        /* on validation rows; NaN unknown */
  double parent_metric; /* the parent's on the same rows; NaN unknown */
  int32_t reason;       /* as mp_node.fact_reason */
  int32_t reserved;
} mp_node_fact;

/* A bundle with partitions, written node by node: entries go to a temporary file as they come. `level_dtypes`: MP_DTYPE_STRING,
 * _INT64 or _BOOL a level. `facts` may be NULL (unknown). A writer is used by one thread at a time; freeing it unfinished leaves no file. */
int32_t mp_partition_writer_new(const char *path, uint64_t path_length, const int32_t *level_dtypes, uint64_t level_count,
                                int32_t overwrite, mp_partition_writer **out, mp_error **error);
/* The same for a new, higher version of a bundle that was opened under trust: nodes that are neither added nor removed are
 * copied byte for byte. */
int32_t mp_partition_writer_from_bundle(const mp_bundle *bundle, const char *path, uint64_t path_length, const char *version,
                                        uint64_t version_length, int32_t overwrite, mp_partition_writer **out, mp_error **error);
/* Adds a node, or replaces the bundle's: its program's text, its tensors as a canonical safetensors file whose metadata names
 * the program's digest. A key may be given once. */
int32_t mp_partition_writer_add(mp_partition_writer *writer, const char *key, uint64_t key_length, const char *program,
                                uint64_t program_length, const void *tensors, uint64_t tensors_size, const mp_node_fact *fact,
                                mp_error **error);
/* Adds a node for which an ancestor answers. */
int32_t mp_partition_writer_add_pruned(mp_partition_writer *writer, const char *key, uint64_t key_length,
                                       const mp_node_fact *fact, mp_error **error);
/* Adds a node of another bundle with its key, byte for byte. Only for mp_partition_writer_new. */
int32_t mp_partition_writer_copy(mp_partition_writer *writer, const mp_bundle *bundle, int64_t node, const mp_node_fact *fact,
                                 mp_error **error);
/* Takes a node of the bundle away; its descendants stay. Only for mp_partition_writer_from_bundle. */
int32_t mp_partition_writer_remove(mp_partition_writer *writer, const char *key, uint64_t key_length, mp_error **error);
/* The facts' measure, without which no facts are written. */
int32_t mp_partition_writer_set_metric(mp_partition_writer *writer, const char *name, uint64_t name_length,
                                       int32_t greater_is_better, mp_error **error);
/* The root's facts. Only for mp_partition_writer_new. */
int32_t mp_partition_writer_set_root_fact(mp_partition_writer *writer, const mp_node_fact *fact, mp_error **error);
/* As mp_bundle_write_signed (signers may be NULL): `manifest` is bundle.json without `members` and `model_digest`, `members` hold
 * the root's tensors and programs.json; what belongs to the nodes is computed. From a bundle: `manifest` holds the fields that
 * change (created_at at least), `members` those that change. The file appears whole or not at all. The writer is spent, whatever
 * the answer, and still to be freed. *identity (may be NULL) receives 71 bytes. */
int32_t mp_partition_writer_finish(mp_partition_writer *writer, const void *manifest, uint64_t manifest_size,
                                   const mp_member *members, uint64_t member_count, const mp_signer *const *signers,
                                   uint64_t signer_count, char *identity, mp_error **error);
void mp_partition_writer_free(mp_partition_writer *writer);

/* Checks a program and runs the reference interpreter on cells, rows x features: how `pack` learns the defined bits. */
int32_t mp_program_check(const void *schema_json, uint64_t schema_size, const void *dictionaries, uint64_t dictionaries_size,
                         const void *programs_json, uint64_t programs_size, const void *tensors, uint64_t tensors_size,
                         mp_error **error);
int32_t mp_predictor_reference(const mp_predictor *predictor, const uint64_t *cells, uint64_t rows,
                               const mp_predict_options *options, const mp_output *outputs, uint64_t output_count,
                               mp_error **error);

/* ---- a model as C source ---- */

#define MP_SOURCE_STANDALONE 0 /* header, sources, golden rows, test, Makefile: docs/C_SOURCE.md */
#define MP_SOURCE_LIBRARY 1    /* what a compiled library is built from; its symbol is explained in mp_compiled.h, one of the files */

typedef struct mp_source mp_source;
typedef struct mp_source_options {
  uint32_t struct_size;
  uint32_t flags;
  const char *prefix; /* what the names in C begin with, [a-z][a-z0-9_]*; NULL: made from the bundle's name */
  uint64_t prefix_length;
  int32_t form; /* MP_SOURCE_* */
  int32_t reserved;
} mp_source_options;

/* Writes the model of a bundle, which may be one for inspection: nothing is run. `options` may be NULL. A partitioned bundle, or
 * one without a program, is MP_ERROR_ENGINE. */
int32_t mp_source_new(const mp_bundle *bundle, const mp_source_options *options, mp_source **out, mp_error **error);
void mp_source_free(mp_source *source);
int32_t mp_source_count(const mp_source *source, uint64_t *count, mp_error **error);
/* Name (without folders) and text of a file, borrowed from the source. */
int32_t mp_source_name(const mp_source *source, uint64_t index, const char **text, uint64_t *length, mp_error **error);
int32_t mp_source_text(const mp_source *source, uint64_t index, const char **text, uint64_t *length, mp_error **error);

/* END cdef */

#ifdef __cplusplus
}
#endif

#endif /* MODELPACK_H */
