/*
 * What a compiled model exports: one symbol, mp_compiled_model. Read by modelpack's engine "compiled"; version 1.
 *
 * predict answers `rows` rows. Nothing is allocated, nothing is kept between calls, and any thread may call it with a workspace
 * of its own; the floating-point environment must be the default one.
 */
#ifndef MP_COMPILED_H
#define MP_COMPILED_H

#include <stdint.h>

#define MP_COMPILED_ABI 1

/* What mp_compiled_violation.kind says of the refused cell. */
#define MP_COMPILED_NUMBER 1
#define MP_COMPILED_MISSING 2
#define MP_COMPILED_CODE 3

/* The first cell that the model refuses: of the lowest row, there by the first operation. */
typedef struct mp_compiled_violation {
    uint64_t row;
    /* Index of the program's operation (require@1), and column of the value that it checks. */
    uint32_t op;
    uint32_t column;
    uint32_t kind;
    uint32_t reserved;
    /* Of a number its bits as a double, of a code its value sign-extended. */
    uint64_t bits;
} mp_compiled_violation;

typedef struct mp_compiled {
    uint32_t struct_size;
    uint32_t abi;
    uint8_t program_digest[32];
    uint8_t model_digest[32];
    /* Pointers that predict takes: one an input of the program, one a column of each output. */
    uint32_t inputs;
    uint32_t output_columns;
    /* Memory that predict may use, aligned to 8 bytes. */
    uint64_t workspace_bytes;
    /*
     * inputs[i]: cells of the program's input i, admitted, a cell a row without gaps: float64 double, float32 float, int64, bool
     * and timestamp int64_t (missing INT64_MIN, of a bool 2), string int32_t (code; -1 null, -2 NaN, -3 unseen).
     * outputs[j]: where column j goes, the columns of all outputs one after the other; double, float or int64_t as the
     * output is; NULL: not wanted. NaN comes out as 0x7ff8000000000000 and 0x7fc00000.
     * Returns 0, or 1 after a refused cell: then *violation says which, and no output is defined.
     */
    int32_t (*predict)(const void *const *inputs, uint64_t rows, void *const *outputs, void *workspace,
                       mp_compiled_violation *violation);
} mp_compiled;

#if defined(_WIN32)
__declspec(dllexport)
#elif defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const mp_compiled mp_compiled_model;

#endif
