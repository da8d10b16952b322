/* The valid vectors in signed bundles with every engine, which tools/engine_vectors.py has written below the fixtures. */
#ifndef ENGINE_H
#define ENGINE_H

#include "fixture.h"
#include "table.h"

/* Lines of ID, ENGINE, and ok or why the engine cannot run the vector; 0 if there is none. */
int engine_index(table *index);
/* Opened under the policy beside it; NULL after a failed check. */
mp_bundle *engine_bundle(const char *id);
mp_predictor *engine_predictor(const mp_bundle *bundle, const char *engine);
/* How far an answer of ONNX Runtime may be from the expected one, line for line; 0 if there is none. */
int engine_bounds(const char *id, table *bounds);

#endif
