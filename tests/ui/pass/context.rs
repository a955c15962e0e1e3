//! What tools can ask the application for.

use openai_tools::{Context, FromContext, Provide, ToolCallId, ToolContext, Toolbox, tool};

struct Pool;
struct Mailer(u32);

trait Clock: Send + Sync {
    fn now(&self) -> u64;
}

struct Fixed(u64);

impl Clock for Fixed {
    fn now(&self) -> u64 {
        self.0
    }
}

#[derive(Context)]
struct App<L: Clone = ()> {
    pool: Pool,
    mailer: Mailer,
    #[context(skip)]
    spare: Pool,
    log: Vec<L>,
}

impl<L: Clone> Provide<dyn Clock> for App<L> {
    fn provide(&self) -> &(dyn Clock + 'static) {
        &Fixed(7)
    }
}

/// Borrows and is taken by value.
struct User<'a>(&'a Mailer);

impl<'a> FromContext<'a, App> for User<'a> {
    fn from_context(context: &'a ToolContext<App>) -> Self {
        User(context.app().provide())
    }
}

#[derive(Context)]
#[context(crate = "::openai_tools")]
struct Pair(Pool, #[context(skip)] Pool, Mailer);

/// By reference, of anything that provides it.
#[tool]
async fn by_reference(
    #[context] _pool: &Pool,
    city: String,
    /// The model sees neither this parameter nor this text.
    #[context]
    mailer: &Mailer,
) -> String {
    std::future::ready(()).await;
    format!("{city} {}", mailer.0)
}

#[tool]
fn sync_by_reference(#[context] mailer: &Mailer) -> u32 {
    mailer.0
}

#[tool]
async fn by_value(#[context] _id: ToolCallId, #[context] context: ToolContext<App>) -> usize {
    context.app().log.len()
}

#[tool]
async fn read_clock(#[context] clock: &dyn Clock, plus: u64) -> u64 {
    clock.now() + plus
}

#[tool]
fn read_clock_sync(#[context] clock: &dyn Clock) -> u64 {
    clock.now()
}

#[tool]
async fn borrowing_value(#[context] user: User<'_>) -> u32 {
    user.0.0
}

#[tool]
fn whole(#[context] app: &App) -> usize {
    app.log.len()
}

fn main() -> Result<(), openai_tools::Error> {
    let tools = Toolbox::for_context::<App>()
        .with(by_reference)?
        .with(sync_by_reference)?
        .with(by_value)?
        .with(read_clock)?
        .with(read_clock_sync)?
        .with(borrowing_value)?
        .with(whole)?;
    let app = App { pool: Pool, mailer: Mailer(3), spare: Pool, log: Vec::new() };
    let mut called = by_reference(&app.pool, "Hanoi".to_owned(), &app.mailer);
    let mut waits = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(called.as_mut().poll(&mut waits).is_ready());
    drop(called);
    assert_eq!(sync_by_reference(&app.mailer), 3);
    assert_eq!(read_clock_sync(&Fixed(1)), 1);
    assert!(std::ptr::eq::<Pool>(app.provide(), &app.pool));
    let _spare = &app.spare;
    let _bound = tools.bind(app);

    let pair = Pair(Pool, Pool, Mailer(2));
    assert_eq!(Provide::<Mailer>::provide(&pair).0, 2);
    let _second = &pair.1;
    let tools = Toolbox::for_context::<Pair>().with(by_reference)?.with(sync_by_reference)?;
    assert_eq!(tools.bind(pair).len(), 2);
    Ok(())
}
