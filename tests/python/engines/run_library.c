/*
 * Loads a compiled model and answers rows: run_library LIBRARY < columns > answers. Little-endian, as the machine is.
 * In: u64 rows; u32 inputs; u32 output columns; u32 bytes of a cell for each; then the inputs' columns.
 * Out: i32 code; the columns of the outputs.
 */
#include "mp_compiled.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void take(void *to, size_t size)
{
    if (fread(to, 1, size, stdin) != size) exit(2);
}

int main(int count, char **arguments)
{
    uint64_t rows;
    uint32_t columns[2], *sizes;
    void *library = count == 2 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    const mp_compiled *model = library ? dlsym(library, "mp_compiled_model") : NULL;
    mp_compiled_violation violation;
    if (!model) {
        fprintf(stderr, "%s\n", dlerror());
        return 3;
    }
    take(&rows, sizeof rows);
    take(columns, sizeof columns);
    if (model->inputs != columns[0] || model->output_columns != columns[1]) return 4;
    uint32_t all = columns[0] + columns[1];
    void **cells = calloc(all + 1, sizeof *cells);
    sizes = calloc(all + 1, sizeof *sizes);
    void *workspace = calloc(1, model->workspace_bytes + 8);
    if (!cells || !sizes || !workspace) return 5;
    take(sizes, all * sizeof *sizes);
    for (uint32_t i = 0; i < all; i++) {
        cells[i] = calloc(rows + 1, sizes[i]);
        if (!cells[i]) return 5;
        if (i < columns[0]) take(cells[i], rows * sizes[i]);
    }
    int32_t code = model->predict((const void *const *)cells, rows, cells + columns[0], workspace, &violation);
    fwrite(&code, sizeof code, 1, stdout);
    for (uint32_t i = columns[0]; i < all; i++) fwrite(cells[i], sizes[i], rows, stdout);
    return fflush(stdout) ? 6 : 0;
}
