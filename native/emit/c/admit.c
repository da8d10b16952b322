/* How a feature's cells are judged. kind: 0 float64, 1 float32, 2 integer or time, 3 bool, 4 category. */
struct gate {
uint8_t kind;
/* Policies: 0 as the model does, 1 refused, 2 the default. */
uint8_t missing;
uint8_t unseen;
uint32_t categories;
uint64_t missing_default;
uint64_t unseen_default;
};

/* The cell that the policies put in place of one. */
static int32_t admit(const struct gate *gate, uint64_t *cell)
{
double number = mp_f64(*cell);
int64_t integer = (int64_t)*cell;
int missing = gate->kind <= 1 ? number != number : gate->kind == 2 ? integer == INT64_MIN
: gate->kind == 3 ? integer == 2 : integer == -1 || integer == -2;
if (gate->kind == 3 && *cell > 2) {
return 302;
}
if (gate->kind == 4 && (integer < -3 || integer >= (int64_t)gate->categories)) {
return 302;
}
if (missing) {
if (gate->missing == 2) {
*cell = gate->missing_default;
}
return gate->missing == 1 ? 304 : 0;
}
if (gate->kind == 4 && integer == -3) {
if (gate->unseen == 2) {
*cell = gate->unseen_default;
}
return gate->unseen == 1 ? 305 : 0;
}
if (gate->kind == 1) {
double narrowed = (double)(float)number;
if (!mp_is_finite(narrowed) && mp_is_finite(number)) {
return 303;
}
*cell = mp_bits64(narrowed);
}
return 0;
}

