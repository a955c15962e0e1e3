//! Types of other crates.

use chrono::{
    DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use crate::exhibits;

fn moment(seconds: i64, nanoseconds: u32) -> DateTime<Utc> {
    Utc.timestamp_opt(seconds, nanoseconds).single().expect("a moment")
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

fn time(hour: u32, minute: u32, second: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, second).expect("a time")
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// What a stranger's system wants to know.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Event {
    id: Uuid,
    at: DateTime<FixedOffset>,
    link: Option<Url>,
    payload: Value,
    labels: Map<String, Value>,
}

fn event(number: u128, payload: Value) -> Event {
    let offset = FixedOffset::east_opt(7 * 3_600).expect("an offset");
    Event {
        id: Uuid::from_u128(number),
        at: moment(1_700_000_000, 0).with_timezone(&offset),
        link: (number > 2).then(|| url("https://example.com/")),
        labels: object(json!({"n": payload})),
        payload,
    }
}

exhibits! {
    chrono_moment: DateTime<Utc> = some [
        moment(0, 0), moment(1_700_000_000, 0), moment(1, 1), moment(-1, 500_000_000),
        moment(4_102_444_800, 999_999_999),
    ];
    chrono_date: NaiveDate = some [
        day(1970, 1, 1), day(2024, 2, 29), day(1999, 12, 31), day(1, 1, 1), day(9999, 12, 31),
    ];
    chrono_time: NaiveTime = some [
        time(0, 0, 0), time(23, 59, 59), time(12, 30, 0), time(0, 0, 1), time(7, 7, 7),
    ];
    chrono_date_and_time: NaiveDateTime = some [
        day(1970, 1, 1).and_time(time(0, 0, 0)), day(2024, 2, 29).and_time(time(23, 59, 59)),
        day(1999, 12, 31).and_time(time(12, 0, 0)), day(2000, 1, 1).and_time(time(0, 0, 1)),
        day(2038, 1, 19).and_time(time(3, 14, 7)),
    ];
    chrono_weekday: Weekday = some [
        Weekday::Mon, Weekday::Tue, Weekday::Thu, Weekday::Sat, Weekday::Sun,
    ];
    chrono_duration: Duration = some [
        Duration::zero(), Duration::seconds(1), Duration::seconds(-1), Duration::milliseconds(1_500),
        Duration::days(365),
    ];
    uuid: Uuid = some [
        Uuid::nil(), Uuid::max(), Uuid::from_u128(1), Uuid::from_u128(1 << 64),
        Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8),
    ];
    a_url: Url = some [
        url("https://example.com/"), url("https://example.com/a?b=c#d"), url("mailto:ann@x.org"),
        url("file:///a/b"), url("http://[::1]:8080/%20"),
    ];
    free_json: Value = some [
        json!(null), json!(0), json!("text"), json!([1, "a", null]), json!({"a": {"b": [true]}}),
        json!("{}"), json!(9_007_199_254_740_993_u64),
    ];
    free_json_object: Map<String, Value> = some [
        object(json!({})), object(json!({"a": 1})), object(json!({"": null, "b": [1]})),
        object(json!({"key": {"value": []}})), object(json!({"x": "\"", "y": 0.5})),
    ];
    event_of_all: Event = some [
        event(0, json!(null)), event(1, json!("a")), event(2, json!([1, 2])), event(3, json!({})),
        event(u128::MAX, json!({"a": [null]})),
    ];
}
