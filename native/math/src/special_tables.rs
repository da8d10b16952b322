//! Written by tools/make_math_tables.py; not edited by hand.

/// 64 zeros and the bits of 2/pi after the point, the most significant limb first.
#[rustfmt::skip]
pub static TWO_OVER_PI: [u64; 23] = [
    0x0000_0000_0000_0000,
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
    0xf0cf_bc20_9af4_361d,
    0xa9e3_9161_5ee6_1b08,
    0x6599_855f_14a0_6840,
];
/// 128/pi.
pub const STEPS_PER_PI: f64 = f64::from_bits(0x4044_5f30_6dc9_c883);
/// The leading 27 bits of pi/128.
pub const ANGLE_HIGH: f64 = f64::from_bits(0x3f99_21fb_5400_0000);
/// The next bits of pi/128, to 2^-59.
pub const ANGLE_MIDDLE: f64 = f64::from_bits(0x3db1_0b46_0000_0000);
/// The next 53 bits of pi/128.
pub const ANGLE_LOW: f64 = f64::from_bits(0x3c31_a626_3314_5c07);
/// The rest of pi/128.
pub const ANGLE_LOWEST: f64 = f64::from_bits(0xb8bf_1976_b7ed_8fbc);
/// pi/128.
pub const ANGLE: (f64, f64) = (
    f64::from_bits(0x3f99_21fb_5444_2d18),
    f64::from_bits(0x3c31_a626_3314_5c07),
);
/// -1/6.
pub const MINUS_SIXTH: (f64, f64) = (
    f64::from_bits(0xbfc5_5555_5555_5555),
    f64::from_bits(0xbc65_5555_5555_5555),
);
/// The mantissa of pi.
pub const WIDE_PI: [u64; 4] = [
    0x020b_bea6_3b13_9b22,
    0x2902_4e08_8a67_cc74,
    0xc4c6_628b_80dc_1cd1,
    0xc90f_daa2_2168_c234,
];
/// sin(i pi/128).
#[rustfmt::skip]
pub static SINES: [(f64, f64); 65] = [
    (f64::from_bits(0x0000_0000_0000_0000), f64::from_bits(0x0000_0000_0000_0000)),
    (f64::from_bits(0x3f99_2155_f7a3_667e), f64::from_bits(0xbbfb_1d63_091a_0130)),
    (f64::from_bits(0x3fa9_1f65_f10d_d814), f64::from_bits(0xbc29_12bd_0d56_9a90)),
    (f64::from_bits(0x3fb2_d520_92ce_19f6), f64::from_bits(0xbc49_a088_a8bf_6b2c)),
    (f64::from_bits(0x3fb9_17a6_bc29_b42c), f64::from_bits(0xbc3e_2718_d26e_d688)),
    (f64::from_bits(0x3fbf_564e_56a9_730e), f64::from_bits(0x3c4a_2704_729a_e56d)),
    (f64::from_bits(0x3fc2_c810_6e8e_613a), f64::from_bits(0x3c51_3000_a89a_11e0)),
    (f64::from_bits(0x3fc5_e214_448b_3fc6), f64::from_bits(0x3c65_31ff_779d_dac6)),
    (f64::from_bits(0x3fc8_f8b8_3c69_a60b), f64::from_bits(0xbc62_6d19_b9ff_8d82)),
    (f64::from_bits(0x3fcc_0b82_6a7e_4f63), f64::from_bits(0xbc1a_f143_9e52_1935)),
    (f64::from_bits(0x3fcf_19f9_7b21_5f1b), f64::from_bits(0xbc64_2dee_f11d_a2c4)),
    (f64::from_bits(0x3fd1_11d2_62b1_f677), f64::from_bits(0x3c78_24c2_0ab7_aa9a)),
    (f64::from_bits(0x3fd2_9406_2ed5_9f06), f64::from_bits(0xbc75_d28d_a2c4_612d)),
    (f64::from_bits(0x3fd4_135c_9417_6601), f64::from_bits(0x3c70_c97c_4afa_2518)),
    (f64::from_bits(0x3fd5_8f9a_75ab_1fdd), f64::from_bits(0xbc1e_fdc0_d58c_f620)),
    (f64::from_bits(0x3fd7_0885_30fa_459f), f64::from_bits(0xbc74_4b19_e086_4c5d)),
    (f64::from_bits(0x3fd8_7de2_a6ae_a963), f64::from_bits(0xbc67_2ced_d3d5_a610)),
    (f64::from_bits(0x3fd9_ef79_43a8_ed8a), f64::from_bits(0x3c66_da81_290b_dbab)),
    (f64::from_bits(0x3fdb_5d10_09e1_5cc0), f64::from_bits(0x3c65_b362_cb97_4183)),
    (f64::from_bits(0x3fdc_c66e_9931_c45e), f64::from_bits(0x3c56_850e_59c3_7f8f)),
    (f64::from_bits(0x3fde_2b5d_3806_f63b), f64::from_bits(0x3c5e_0d89_1d3c_6841)),
    (f64::from_bits(0x3fdf_8ba4_dbf8_9aba), f64::from_bits(0xbc32_ec1f_c1b7_76b8)),
    (f64::from_bits(0x3fe0_7387_9922_ffee), f64::from_bits(0xbc8a_5a01_4347_406c)),
    (f64::from_bits(0x3fe1_1eb3_541b_4b23), f64::from_bits(0xbc8e_f23b_69ab_e4f1)),
    (f64::from_bits(0x3fe1_c73b_39ae_68c8), f64::from_bits(0x3c8b_25dd_267f_6600)),
    (f64::from_bits(0x3fe2_6d05_4cdd_12df), f64::from_bits(0xbc85_da74_3ef3_770c)),
    (f64::from_bits(0x3fe3_0ff7_fce1_7035), f64::from_bits(0xbc6e_fcc6_26f7_4a6f)),
    (f64::from_bits(0x3fe3_affa_2920_50b9), f64::from_bits(0x3c7e_3e25_e395_4964)),
    (f64::from_bits(0x3fe4_4cf3_2509_1dd6), f64::from_bits(0x3c68_076a_2cfd_c6b3)),
    (f64::from_bits(0x3fe4_e6ca_bbe3_e5e9), f64::from_bits(0x3c63_c293_edce_b327)),
    (f64::from_bits(0x3fe5_7d69_348c_eca0), f64::from_bits(0xbc87_5720_992b_fbb2)),
    (f64::from_bits(0x3fe6_10b7_551d_2cdf), f64::from_bits(0xbc72_51b3_52ff_2a37)),
    (f64::from_bits(0x3fe6_a09e_667f_3bcd), f64::from_bits(0xbc8b_dd34_13b2_6456)),
    (f64::from_bits(0x3fe7_2d08_37ef_ff96), f64::from_bits(0x3c80_d4ef_0f1d_915c)),
    (f64::from_bits(0x3fe7_b5df_226a_afaf), f64::from_bits(0xbc70_f537_acdf_0ad7)),
    (f64::from_bits(0x3fe8_3b0e_0bff_976e), f64::from_bits(0xbc76_f420_f8ea_3475)),
    (f64::from_bits(0x3fe8_bc80_6b15_1741), f64::from_bits(0xbc82_c5e1_2ed1_336d)),
    (f64::from_bits(0x3fe9_3a22_4992_63fb), f64::from_bits(0x3c83_d419_a920_df0b)),
    (f64::from_bits(0x3fe9_b3e0_47f3_8741), f64::from_bits(0xbc83_0ee2_8671_2474)),
    (f64::from_bits(0x3fea_29a7_a046_2782), f64::from_bits(0xbc71_28bb_015d_f175)),
    (f64::from_bits(0x3fea_9b66_290e_a1a3), f64::from_bits(0x3c39_f630_e8b6_dac8)),
    (f64::from_bits(0x3feb_090a_5815_0200), f64::from_bits(0xbc89_26da_300f_fcce)),
    (f64::from_bits(0x3feb_7283_4519_6e3e), f64::from_bits(0xbc8b_c69f_324e_6d61)),
    (f64::from_bits(0x3feb_d7c0_ac6f_952a), f64::from_bits(0xbc88_25a7_32ac_700a)),
    (f64::from_bits(0x3fec_38b2_f180_bdb1), f64::from_bits(0xbc76_e0b1_757c_8d07)),
    (f64::from_bits(0x3fec_954b_2134_11f5), f64::from_bits(0xbc52_fb76_1e94_6603)),
    (f64::from_bits(0x3fec_ed7a_f43c_c773), f64::from_bits(0xbc5e_7b6b_b5ab_58ae)),
    (f64::from_bits(0x3fed_4134_d14d_c93a), f64::from_bits(0xbc84_ef52_95d2_5af2)),
    (f64::from_bits(0x3fed_906b_cf32_8d46), f64::from_bits(0x3c74_57e6_1023_1ac2)),
    (f64::from_bits(0x3fed_db13_b6cc_c23c), f64::from_bits(0x3c88_3c37_c610_7db3)),
    (f64::from_bits(0x3fee_2121_04f6_86e5), f64::from_bits(0xbc80_14c7_6c12_6527)),
    (f64::from_bits(0x3fee_6288_ec48_e112), f64::from_bits(0xbc61_6b56_f284_7754)),
    (f64::from_bits(0x3fee_9f41_56c6_2dda), f64::from_bits(0x3c87_60b1_e2e3_f81e)),
    (f64::from_bits(0x3fee_d740_e768_4963), f64::from_bits(0x3c7e_82c7_91f5_9cc2)),
    (f64::from_bits(0x3fef_0a7e_fb92_30d7), f64::from_bits(0x3c75_2c7a_dc6b_4989)),
    (f64::from_bits(0x3fef_38f3_ac64_e589), f64::from_bits(0xbc7d_7baf_b51f_72e6)),
    (f64::from_bits(0x3fef_6297_cff7_5cb0), f64::from_bits(0x3c75_6217_2a36_1fd3)),
    (f64::from_bits(0x3fef_8764_fa71_4ba9), f64::from_bits(0x3c7a_b256_778f_fcb6)),
    (f64::from_bits(0x3fef_a755_7f08_a517), f64::from_bits(0xbc87_a0a8_ca13_571f)),
    (f64::from_bits(0x3fef_c264_70e1_9fd3), f64::from_bits(0x3c81_ec86_68ec_acee)),
    (f64::from_bits(0x3fef_d88d_a3d1_2526), f64::from_bits(0xbc88_7df6_3788_11c7)),
    (f64::from_bits(0x3fef_e9cd_ad01_883a), f64::from_bits(0x3c65_21ec_d0c6_7e35)),
    (f64::from_bits(0x3fef_f621_e379_6d7e), f64::from_bits(0xbc6c_57bc_2e24_aa15)),
    (f64::from_bits(0x3fef_fd88_6084_cd0d), f64::from_bits(0xbc81_354d_4556_e4cb)),
    (f64::from_bits(0x3ff0_0000_0000_0000), f64::from_bits(0x0000_0000_0000_0000)),
];
