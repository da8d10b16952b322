/*
 * A model inside of a C program: nothing is loaded, nothing is allocated, no library of ours is linked.
 *
 *     python export.py && make -C late-c test
 *     cc -std=c99 -ffp-contract=off -I late-c predict.c late-c/liblate.a -o predict && ./predict
 */
#include <stdio.h>

#include "late.h"

static int predict(double distance, late_cell wind, int64_t carrier)
{
    late_cell row[LATE_FEATURES];
    late_answer answer;
    late_refused refused;
    row[LATE_FEATURE_DISTANCE].number = distance;
    row[LATE_FEATURE_WIND] = wind;
    row[LATE_FEATURE_CARRIER].integer = carrier;
    if (late_predict(row, &answer, &refused) != LATE_OK) {
        fprintf(stderr, "refused (%d): feature %d, step %s\n", (int)refused.result, (int)refused.feature,
                refused.step == NULL ? "none" : refused.step);
        return 1;
    }
    printf("%d %a\n", (int)answer.label[0], answer.probability[1]);
    return 0;
}

int main(void)
{
    late_cell wind = {11.5};
    if (late_selftest() != 0) {
        fprintf(stderr, "this compiler or machine computes differently\n");
        return 1;
    }
    return predict(1400.0, wind, late_code(LATE_FEATURE_CARRIER, "UA", 2)) ||
           predict(760.0, late_missing(LATE_FEATURE_WIND), late_code(LATE_FEATURE_CARRIER, "WN", 2)) ||
           predict(760.0, wind, late_code(LATE_FEATURE_CARRIER, "never seen", 10));
}
