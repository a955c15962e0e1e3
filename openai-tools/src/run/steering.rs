//! What a builder is told about the way of calls: hooks, journal, and where to go on.

use std::sync::Arc;

use super::{
    builder::RunBuilder,
    journal::{Decision, Journal, Recovered},
    next_turn::NextTurn,
    open::TakenUp,
    pending::WaitingCall,
    saved::SavedRun,
    scribe::Scribe,
    started::StartedRun,
};
use crate::{
    structured::Answer,
    tool::{ToolCall, ToolOutput},
};

/// Calls that wait, that are changed, and that outlive their process.
impl<A> RunBuilder<A> {
    /// Asks the application about each call that would wait (see
    /// [`WaitReason`](super::WaitReason)), one after another, while the other calls run. `None`
    /// leaves the call waiting; [`Decision::Arguments`] lets it run with other arguments. The run's
    /// time goes on meanwhile. Default: nobody is asked, and the run ends with
    /// [`Outcome::Pending`](super::Outcome::Pending).
    ///
    /// ```
    /// use openai_tools::{Client, Toolbox, run::Decision, testing::{Reply, Server}, tool};
    ///
    /// /// Delete a file.
    /// #[tool(needs_approval)]
    /// fn delete(path: String) -> String {
    ///     format!("{path} is gone")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let calls = [("c1", "delete", r#"{"path": "a"}"#), ("c2", "delete", r#"{"path": "/"}"#)];
    /// let script = [Reply::tool_calls(calls), Reply::text("done")];
    /// let server = Server::builder().script(script).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let tools = Toolbox::new().with(delete)?;
    /// let run = client.run("gpt-5.2").tools(&tools).user("Tidy up.").on_approval(|waiting| async move {
    ///     let harmless = !waiting.call.arguments.contains('/');
    ///     Some(if harmless { Decision::Approved } else { Decision::Denied("too much".into()) })
    /// });
    /// let run = run.await?;
    /// let outputs: Vec<_> = run.calls().map(|made| made.output.text.as_str()).collect();
    /// assert_eq!(outputs, ["a is gone", "not run: the call was denied: too much"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A panic in it is a panic of the run.
    pub fn on_approval<F, Fut>(mut self, decide: F) -> Self
    where
        F: Fn(WaitingCall) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Option<Decision>> + Send + 'static,
    {
        self.hooks.approval = Some(Arc::new(move |waiting| Box::pin(decide(waiting))));
        self
    }

    /// Shows each call to the application before it is checked and run; name and arguments can be
    /// changed, such as to repair what a model often gets wrong. The id stays, and so does what
    /// stands in the transcript. A call is shown again when its arguments are changed by a
    /// [decision](Decision::Arguments) and when its run is taken up. Default: none.
    ///
    /// A panic in it is a panic of the run.
    pub fn on_call(mut self, see: impl Fn(&mut ToolCall) + Send + Sync + 'static) -> Self {
        self.hooks.call = Some(Arc::new(see));
        self
    }

    /// Shows each request to the application before it is made, and lets it change its settings, such
    /// as which of the tools the model may call. What is changed holds for later requests, too; a
    /// [choice](crate::ToolChoice) that demands a call holds for one response. Re-asks are requests
    /// as well. Default: none.
    ///
    /// ```
    /// use openai_tools::{Client, ToolName, Toolbox, testing::{Reply, Server}, tool};
    ///
    /// /// Look something up.
    /// #[tool(read_only)]
    /// fn look() -> &'static str {
    ///     "a wall"
    /// }
    ///
    /// /// Build something.
    /// #[tool]
    /// fn build() {}
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let script = [Reply::tool_calls([("c1", "look", "{}")]), Reply::text("done")];
    /// # let server = Server::builder().script(script).start().await?;
    /// # let client = Client::builder().base_url(server.base_url()).build()?;
    /// let tools = Toolbox::new().with(look)?.with(build)?;
    /// let first = ToolName::parse("look")?;
    /// let run = client.run("gpt-5.2").tools(&tools).user("Is there a house?").on_turn(move |next| {
    ///     match next.turn() {
    ///         0 => next.allow([first.clone()]),
    ///         _ => next.allow_all(),
    ///     }
    /// });
    /// assert_eq!(run.await?.text(), "done");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A panic in it is a panic of the run.
    pub fn on_turn(mut self, see: impl Fn(&mut NextTurn<'_>) + Send + Sync + 'static) -> Self {
        self.hooks.turn = Some(Arc::new(see));
        self
    }

    /// Shows each output to the application before it is sent and kept; text and failure can be
    /// changed. It may be longer than [`tool_output_bytes`](Self::tool_output_bytes) afterwards. In
    /// a stream the output of an early call is shown even if it is dropped in the end. Default: none.
    ///
    /// A panic in it is a panic of the run.
    pub fn on_output(
        mut self,
        see: impl Fn(&ToolCall, &mut ToolOutput) + Send + Sync + 'static,
    ) -> Self {
        self.hooks.output = Some(Arc::new(see));
        self
    }

    /// Goes on with a run that was put away: with its conversation, what it has used of its limits,
    /// its calls and what was decided about them. Where the last response was an answer and nothing
    /// is added, the run comes to the outcome of that answer, and nobody is asked. Messages of the
    /// builder are said after it, once its calls are answered. Tools, settings and limits are the builder's; so is the model, which
    /// [`SavedRun::model`] names.
    ///
    /// Calls that have their outputs are not run again. One in doubt is run again if its tool is
    /// [idempotent](crate::ToolSettings::with_idempotent), and waits for a decision otherwise. The
    /// run's first turn is that of the calls; its times are 0, and of its response no more is known
    /// than the message.
    pub fn resume(mut self, saved: SavedRun) -> Self {
        self.taken_up = Some(TakenUp { saved, unwritten: None });
        self
    }

    /// Writes down what happens, so that a killed process loses nothing that was done and does
    /// nothing twice; see [`journal`](super::journal). The journal has to be new: the run begins it,
    /// with all that a [saved run](Self::resume) holds.
    ///
    /// Calls of tools that are not [read-only](crate::ToolSettings::with_read_only) start once the
    /// journal holds that they do: those whose turn comes at the same time share a record, and one
    /// that still waits for its turn is in none. If the journal fails, tools are stopped, nothing
    /// starts any more, and the run ends with an error of kind
    /// [`Journal`](crate::ErrorKind::Journal). Default: none.
    pub fn journal(mut self, journal: impl Journal) -> Self {
        self.scribe = Scribe::new(Some(Box::new(journal)));
        self
    }

    /// Goes on with a run from its journal, in which it is kept on; as
    /// [`resume`](Self::resume) and [`journal`](Self::journal). Where the last response was an answer
    /// and nothing is added, the run comes to the outcome of that answer, and nobody is asked.
    ///
    /// ```no_run
    /// use openai_tools::{Client, Toolbox, run::journal::{FileJournal, recover}};
    ///
    /// # async fn take_up(client: Client, tools: Toolbox) -> Result<(), Box<dyn std::error::Error>> {
    /// let opened = FileJournal::open("run.journal")?; // blocks: off the async threads, if that matters
    /// if let Some(recovered) = recover(opened.records)? {
    ///     let model = recovered.saved.model().to_owned();
    ///     let run = client.run(model).tools(&tools).resume_journal(recovered, opened.journal).await?;
    ///     println!("{}", run.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume_journal(mut self, recovered: Recovered, journal: impl Journal) -> Self {
        let Recovered { saved, unwritten, .. } = recovered;
        self.taken_up = Some(TakenUp { saved, unwritten: Some(unwritten) });
        self.journal(journal)
    }
}

impl<A: Answer> RunBuilder<A> {
    /// Starts a run turn by turn: the application looks at the calls of each response before they
    /// run.
    ///
    /// ```
    /// use openai_tools::{Client, Toolbox, testing::{Reply, Server}, tool};
    ///
    /// /// Delete a file.
    /// #[tool(needs_approval)]
    /// fn delete(path: String) -> String {
    ///     format!("{path} is gone")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let script = [Reply::tool_calls([("c1", "delete", r#"{"path": "a"}"#)]), Reply::text("done")];
    /// let server = Server::builder().script(script).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let tools = Toolbox::new().with(delete)?;
    /// let mut run = client.run("gpt-5.2").tools(&tools).user("Tidy up.").start();
    /// while let Some(turn) = run.next_turn().await? {
    ///     for call in turn.pending() {
    ///         println!("{} with {}", call.call().name, call.arguments());
    ///         call.approve();
    ///     }
    /// }
    /// let run = run.finish().await?;
    /// assert_eq!(run.text(), "done");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "a run does nothing until its turns are asked for"]
    pub fn start(self) -> StartedRun<A::Value> {
        StartedRun::new(self)
    }
}
