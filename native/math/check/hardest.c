#include "hardest.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void hardest_offer(struct hardest *hardest, struct hard hard) {
    struct hard *items = hardest->items;
    if (hard.distance <= 0 || hard.distance >= 0.5) {
        return;
    }
    int at = hardest->count;
    if (at == HARDEST && hard.distance >= items[at - 1].distance) {
        return;
    }
    while (at > 0 && items[at - 1].distance > hard.distance) {
        at--;
    }
    for (int i = at; i-- > 0 && items[i].distance == hard.distance;) {
        if (items[i].at.x == hard.at.x && items[i].at.y == hard.at.y) {
            return;
        }
    }
    int moved = (hardest->count < HARDEST ? hardest->count : HARDEST - 1) - at;
    memmove(items + at + 1, items + at, (size_t)moved * sizeof *items);
    items[at] = hard;
    hardest->count = at + moved + 1;
}

static FILE *list(const char *directory, const struct function *function, const char *mode) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.tsv", directory, function->name);
    return fopen(path, mode);
}

static double double_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool hardest_read(struct hardest *hardest, const char *directory, const struct function *function) {
    FILE *file = list(directory, function, "r");
    if (!file) {
        return true;
    }
    struct exact exact;
    exact_open(&exact);
    char line[256];
    bool good = true;
    while (good && fgets(line, sizeof line, file)) {
        uint64_t x, y = 0;
        if (line[0] == '#') {
            continue;
        }
        good = sscanf(line, function->exact_of_two ? "%" SCNx64 "\t%" SCNx64 : "%" SCNx64, &x, &y) > 0;
        struct arguments at = {double_of(x), double_of(y)};
        struct nearest right = nearest(function, &exact, at, true);
        hardest_offer(hardest, (struct hard){at, right.value, right.distance});
    }
    exact_close(&exact);
    fclose(file);
    return good;
}

bool hardest_write(const struct hardest *hardest, const char *directory, const struct function *function) {
    FILE *file = list(directory, function, "w");
    if (!file) {
        return false;
    }
    fprintf(file, "# bits of the argument%s, of the nearest double, and log2 of the distance from a midpoint in units\n",
            function->exact_of_two ? "s" : "");
    for (int i = 0; i < hardest->count; i++) {
        const struct hard *hard = &hardest->items[i];
        fprintf(file, "%016" PRIx64 "\t", bits_of(hard->at.x));
        if (function->exact_of_two) {
            fprintf(file, "%016" PRIx64 "\t", bits_of(hard->at.y));
        }
        fprintf(file, "%016" PRIx64 "\t%.1f\n", bits_of(hard->value), log2(hard->distance));
    }
    return fclose(file) == 0;
}
