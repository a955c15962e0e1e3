//! Numbers, texts and what the standard library makes of them.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::{NonZeroI16, NonZeroU8, NonZeroU64, Wrapping},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exhibits;

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Unsigned {
    a: u8,
    b: u16,
    c: u32,
    d: u64,
    e: u128,
    f: usize,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Signed {
    a: i8,
    b: i16,
    c: i32,
    d: i64,
    e: i128,
    f: isize,
}

fn unsigned(a: u8, d: u64) -> Unsigned {
    Unsigned { a, b: 1, c: 2, d, e: d.into(), f: 3 }
}

fn signed(a: i8, d: i64) -> Signed {
    Signed { a, b: -1, c: -2, d, e: d.into(), f: -3 }
}

fn seconds(seconds: u64, nanoseconds: u32) -> Duration {
    Duration::new(seconds, nanoseconds)
}

fn signed_non_zero(number: i16) -> NonZeroI16 {
    NonZeroI16::new(number).expect("not zero")
}

exhibits! {
    boolean: bool = all [false, true];
    unsigned_integers: Unsigned = some [
        unsigned(0, 0), unsigned(255, 1), unsigned(1, u64::MAX), unsigned(2, (1 << 53) + 1),
        unsigned(3, 1 << 32), Unsigned { e: 1 << 64, ..unsigned(4, 0) },
        Unsigned { e: u128::MAX, ..unsigned(5, 0) },
    ];
    signed_integers: Signed = some [
        signed(0, 0), signed(-128, i64::MIN), signed(127, i64::MAX), signed(1, -(1 << 53) - 1),
        signed(-1, 1 << 32), Signed { e: i128::MIN, ..signed(2, 0) },
        Signed { e: i128::MAX, ..signed(3, 0) },
    ];
    float_32: f32 = some [0.0, 0.1, -1.5, 16_777_216.0, 1e-7];
    float_64: f64 = some [0.0, 0.1, -1.5, 9_007_199_254_740_992.0, 1e-7, 1e21];
    character: char = some ['a', 'é', '世', '🌍', '"', '\\', '\n', '\0'];
    string: String = some [
        String::new(), "a".to_owned(), "\"\\\n\u{0}".to_owned(), "世界".to_owned(),
        "x".repeat(10_000),
    ];
    boxed_str: Box<str> = some ["".into(), "a".into(), "b".into(), "é".into(), "null".into()];
    unit: () = all [()];
    non_zero_u8: NonZeroU8 = some [
        NonZeroU8::MIN, NonZeroU8::MAX, NonZeroU8::MIN.saturating_add(1),
        NonZeroU8::MIN.saturating_add(41), NonZeroU8::MIN.saturating_add(99),
    ];
    non_zero_u64: NonZeroU64 = some [
        NonZeroU64::MIN, NonZeroU64::MAX, NonZeroU64::MIN.saturating_add(1),
        NonZeroU64::MIN.saturating_add(1 << 53), NonZeroU64::MIN.saturating_add(99),
    ];
    non_zero_i16: NonZeroI16 = some [
        signed_non_zero(-1), signed_non_zero(1), signed_non_zero(i16::MIN), signed_non_zero(i16::MAX),
        signed_non_zero(99),
    ];
    wrapping: Wrapping<u16> = some [
        Wrapping(0), Wrapping(1), Wrapping(2), Wrapping(1_000), Wrapping(u16::MAX),
    ];
    duration: Duration = some [
        Duration::ZERO, seconds(1, 0), seconds(0, 1), seconds(1, 999_999_999), seconds(1 << 40, 5),
    ];
    system_time: SystemTime = some [
        SystemTime::UNIX_EPOCH,
        SystemTime::UNIX_EPOCH + seconds(1, 0),
        SystemTime::UNIX_EPOCH + seconds(0, 1),
        SystemTime::UNIX_EPOCH + seconds(1_700_000_000, 0),
        SystemTime::UNIX_EPOCH + seconds(1 << 33, 999_999_999),
    ];
    ip_v4: Ipv4Addr = some [
        Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST, Ipv4Addr::UNSPECIFIED, Ipv4Addr::new(8, 8, 8, 8),
        Ipv4Addr::new(192, 168, 0, 1),
    ];
    ip_v6: Ipv6Addr = some [
        Ipv6Addr::LOCALHOST, Ipv6Addr::UNSPECIFIED, Ipv6Addr::new(1, 2, 3, 4, 5, 6, 7, 8),
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
    ];
    ip: IpAddr = some [
        Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into(), Ipv4Addr::BROADCAST.into(),
        Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::new(1, 2, 3, 4).into(),
    ];
    path: PathBuf = some ["".into(), "/".into(), "a/b".into(), "../ü".into(), "C:\\x".into()];
    socket_addresses: Vec<SocketAddr> = narrower [
        vec![],
        vec![SocketAddr::from(([127, 0, 0, 1], 80))],
        vec![SocketAddr::from(([0; 4], 0)), SocketAddr::from(([255; 4], 65_535))],
        vec![SocketAddr::from((Ipv6Addr::LOCALHOST, 443))],
        vec![SocketAddr::from((Ipv6Addr::UNSPECIFIED, 1))],
    ];
}
