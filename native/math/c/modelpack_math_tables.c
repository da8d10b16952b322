/* Written by tools/make_math_tables.py; not edited by hand. */
#include "modelpack_math_tables.h"

const double mp_math_table_steps_per_ln2 = 0x1.71547652b82fep+7;

const double mp_math_table_step_high = 0x1.62e42fef80000p-8;

const double mp_math_table_step_middle = 0x1.1cf79abc80000p-43;

const double mp_math_table_step_low = 0x1.e3b39803f2f6bp-79;

const double mp_math_table_ln2_high = 0x1.62e42fefa3800p-1;

const double mp_math_table_ln2_low = 0x1.ef35793c76730p-45;

const double mp_math_table_ln2[2] = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

const double mp_math_table_inverse_ln2[2] = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};

const double mp_math_table_third[2] = {0x1.5555555555555p-2, 0x1.5555555555555p-56};

const double mp_math_table_steps_per_pi = 0x1.45f306dc9c883p+5;

const double mp_math_table_angle_high = 0x1.921fb54000000p-6;

const double mp_math_table_angle_middle = 0x1.10b4600000000p-36;

const double mp_math_table_angle_low = 0x1.1a62633145c07p-60;

const double mp_math_table_angle_lowest = -0x1.f1976b7ed8fbcp-116;

const double mp_math_table_angle[2] = {0x1.921fb54442d18p-6, 0x1.1a62633145c07p-60};

const double mp_math_table_pi[2] = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};

const double mp_math_table_half_pi[2] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

const double mp_math_table_minus_sixth[2] = {-0x1.5555555555555p-3, -0x1.5555555555555p-57};

const double mp_math_table_minus_third[2] = {-0x1.5555555555555p-2, -0x1.5555555555555p-56};

const uint32_t mp_math_table_wide_ln2[8] = {0x8baafa2b, 0x8a0d175b, 0x7298b62d, 0x40f34326, 0x03f2f6af, 0xc9e3b398, 0xd1cf79ab, 0xb17217f7};

const uint32_t mp_math_table_wide_inverse_ln2[8] = {0xd1a13247, 0x8b25166c, 0xdd695a58, 0xeb577aa8, 0x691d3e88, 0xbe87fed0, 0x5c17f0bb, 0xb8aa3b29};

const uint32_t mp_math_table_wide_pi[8] = {0x3b139b22, 0x020bbea6, 0x8a67cc74, 0x29024e08, 0x80dc1cd1, 0xc4c6628b, 0x2168c234, 0xc90fdaa2};

const uint32_t mp_math_table_wide_root_two_pi[8] = {0x77bae522, 0x370bd04b, 0x058002d4, 0xc67cfa99, 0x39167717, 0xbe520fd7, 0xb1382cb2, 0xa06c98ff};

const uint32_t mp_math_table_wide_two_per_root_pi[8] = {0xcce620b0, 0x39a15830, 0xac3e7517, 0x1409a0eb, 0x6bfec344, 0x71d48a7f, 0x14db688d, 0x906eba82};
