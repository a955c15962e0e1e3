//! What business applications exchange.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::exhibits;

/// An invoice as it is read from a letter.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Invoice {
    /// As printed, such as `2024-0017`.
    number: String,
    issued: NaiveDate,
    due: Option<NaiveDate>,
    seller: Party,
    buyer: Party,
    #[schemars(length(min = 1))]
    lines: Vec<Line>,
    currency: Currency,
    notes: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Party {
    name: String,
    /// Number for value-added tax.
    vat_id: Option<String>,
    address: Address,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Address {
    lines: Vec<String>,
    /// Two letters, ISO 3166.
    #[schemars(length(equal = 2))]
    country: String,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Line {
    description: String,
    #[schemars(range(min = 0.0))]
    quantity: f64,
    /// In the smallest unit of the currency.
    unit_price: i64,
    /// In percent.
    #[schemars(range(min = 0, max = 100))]
    vat: u8,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Currency {
    Eur,
    Usd,
    Vnd,
}

/// An order with discounts.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    id: Uuid,
    placed_at: DateTime<Utc>,
    /// Pieces by article number.
    items: BTreeMap<String, u32>,
    #[serde(default)]
    discounts: Vec<Discount>,
    ship_to: Option<Address>,
    status: Status,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Discount {
    /// A share of the price.
    Percent {
        #[schemars(range(min = 1, max = 100))]
        percent: u8,
    },
    Fixed {
        amount: u32,
        currency: Currency,
    },
    FreeShipping,
    BuyNGetM {
        buy: u8,
        get: u8,
    },
}

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Open,
    Shipped { tracking: Url },
    Cancelled(String),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Email {
    #[schemars(email)]
    from: String,
    #[schemars(length(min = 1))]
    to: Vec<Mailbox>,
    #[serde(default)]
    cc: Vec<Mailbox>,
    subject: String,
    body: Body,
    headers: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Mailbox {
    name: Option<String>,
    #[schemars(email)]
    address: String,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Body {
    Text(String),
    Html(String),
    Both { text: String, html: String },
}

/// A calendar event, perhaps one that comes again.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct CalendarEvent {
    title: String,
    start: DateTime<Utc>,
    end: Option<DateTime<Utc>>,
    #[serde(default)]
    all_day: bool,
    repeats: Option<Recurrence>,
    attendees: Vec<Mailbox>,
    reminders: Vec<(u16, Channel)>,
}

/// As RRULE of RFC 5545.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Recurrence {
    freq: Frequency,
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 366))]
    interval: u16,
    by_day: Option<Vec<chrono::Weekday>>,
    ends: Ends,
}

fn one() -> u16 {
    1
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Ends {
    Never,
    Count(u16),
    Until(NaiveDate),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
enum Channel {
    Email,
    Popup,
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, day).expect("a day of February")
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a moment")
}

fn address(country: &str) -> Address {
    Address { lines: vec!["12 Hàng Bạc".to_owned()], country: country.to_owned() }
}

fn invoice(number: &str, due: Option<NaiveDate>, lines: usize, currency: Currency) -> Invoice {
    let party = |name: &str, vat_id: Option<&str>| Party {
        name: name.to_owned(),
        vat_id: vat_id.map(str::to_owned),
        address: address("VN"),
    };
    let line = |n: usize| Line {
        description: format!("item {n}"),
        quantity: 1.5,
        unit_price: -250,
        vat: 19,
    };
    Invoice {
        number: number.to_owned(),
        issued: day(1),
        due,
        seller: party("Seller", Some("DE123")),
        buyer: party("", None),
        lines: (0..lines).map(line).collect(),
        currency,
        notes: due.map(|due| format!("due {due}")),
    }
}

fn order(number: u128, discounts: &[Discount], status: Status) -> Order {
    let items = [("A-1", 2), ("B/2", 0)].map(|(key, count)| (key.to_owned(), count));
    Order {
        id: Uuid::from_u128(number),
        placed_at: moment(1_700_000_000),
        items: items.into(),
        discounts: discounts.to_vec(),
        ship_to: (number > 2).then(|| address("FR")),
        status,
    }
}

fn mailbox(name: Option<&str>) -> Mailbox {
    Mailbox { name: name.map(str::to_owned), address: "ann@example.com".to_owned() }
}

fn email(subject: &str, cc: Vec<Mailbox>, body: Body) -> Email {
    Email {
        from: "bob@example.com".to_owned(),
        to: vec![mailbox(Some("Ann")), mailbox(None)],
        cc,
        subject: subject.to_owned(),
        body,
        headers: [("X-Id".to_owned(), vec!["1".to_owned(), "2".to_owned()])].into(),
    }
}

fn calendar_event(title: &str, repeats: Option<(Frequency, Ends)>) -> CalendarEvent {
    let repeats = repeats.map(|(freq, ends)| Recurrence {
        freq,
        interval: 2,
        by_day: matches!(ends, Ends::Never)
            .then(|| vec![chrono::Weekday::Mon, chrono::Weekday::Fri]),
        ends,
    });
    CalendarEvent {
        title: title.to_owned(),
        start: moment(1_700_000_000),
        end: repeats.is_none().then(|| moment(1_700_003_600)),
        all_day: repeats.is_some(),
        repeats,
        attendees: vec![mailbox(None)],
        reminders: vec![(10, Channel::Popup), (60, Channel::Email)],
    }
}

exhibits! {
    invoice_from_a_letter: Invoice = some [
        invoice("1", None, 1, Currency::Eur), invoice("2", Some(day(29)), 2, Currency::Usd),
        invoice("", None, 3, Currency::Vnd), invoice("2024-0017", Some(day(2)), 1, Currency::Eur),
        invoice("x", None, 10, Currency::Usd),
    ];
    order_with_discounts: Order = some [
        order(0, &[], Status::Open),
        order(1, &[Discount::Percent { percent: 10 }], Status::Cancelled("no".to_owned())),
        order(2, &[Discount::FreeShipping, Discount::BuyNGetM { buy: 2, get: 1 }], Status::Open),
        order(3, &[Discount::Fixed { amount: 5, currency: Currency::Vnd }], shipped()),
        order(u128::MAX, &[Discount::Percent { percent: 100 }], shipped()),
    ];
    email_message: Email = some [
        email("Hello", vec![], Body::Text("Hi".to_owned())),
        email("", vec![mailbox(None)], Body::Html("<p>".to_owned())),
        email("x", vec![], Body::Both { text: "a".to_owned(), html: "b".to_owned() }),
        email("é", vec![mailbox(Some(""))], Body::Text(String::new())),
        email("\n", vec![], Body::Html("\"".to_owned())),
    ];
    calendar_event_that_repeats: CalendarEvent = some [
        calendar_event("Lunch", None),
        calendar_event("", Some((Frequency::Daily, Ends::Never))),
        calendar_event("a", Some((Frequency::Weekly, Ends::Count(10)))),
        calendar_event("b", Some((Frequency::Monthly, Ends::Until(day(29))))),
        calendar_event("c", Some((Frequency::Weekly, Ends::Count(0)))),
    ];
}

fn shipped() -> Status {
    Status::Shipped { tracking: Url::parse("https://example.com/t/1").expect("a URL") }
}
