/* Evaluates a function: doubles of the machine's byte order from standard input to standard output, singles as doubles. */
#include "modelpack_math.h"

#include <stdio.h>
#include <string.h>

struct function {
    const char *name;
    double (*of_one)(double);
    double (*of_two)(double, double);
    float (*single)(float);
};

static const struct function functions[] = {
    {"exp", mp_math_exp, 0, 0},
    {"exp2", mp_math_exp2, 0, 0},
    {"expm1", mp_math_expm1, 0, 0},
    {"log", mp_math_log, 0, 0},
    {"log1p", mp_math_log1p, 0, 0},
    {"log2", mp_math_log2, 0, 0},
    {"tanh", mp_math_tanh, 0, 0},
    {"sin", mp_math_sin, 0, 0},
    {"cos", mp_math_cos, 0, 0},
    {"pow", 0, mp_math_pow, 0},
    {"asin", mp_math_asin, 0, 0},
    {"atan2", 0, mp_math_atan2, 0},
    {"erf", mp_math_erf, 0, 0},
    {"ndtri", mp_math_ndtri, 0, 0},
    {"sqrt", mp_math_sqrt, 0, 0},
    {"sqrtf", 0, 0, mp_math_sqrtf},
    {"expf", 0, 0, mp_math_expf},
    {"logf", 0, 0, mp_math_logf},
};

static int answer(const struct function *function)
{
    double at[2] = {0, 0}, result;
    while (fread(at, sizeof at[0], function->of_two ? 2 : 1, stdin) == (function->of_two ? 2 : 1)) {
        if (function->of_one) {
            result = function->of_one(at[0]);
        } else if (function->of_two) {
            result = function->of_two(at[0], at[1]);
        } else {
            result = (double)function->single((float)at[0]);
        }
        if (fwrite(&result, sizeof result, 1, stdout) != 1) {
            return 1;
        }
    }
    return fflush(stdout) != 0;
}

int main(int count, char **values)
{
    for (size_t i = 0; count == 2 && i < sizeof functions / sizeof functions[0]; i++) {
        if (strcmp(values[1], functions[i].name) == 0) {
            return answer(&functions[i]);
        }
    }
    fprintf(stderr, "evaluate FUNCTION < ARGUMENTS > RESULTS\n");
    return 2;
}
