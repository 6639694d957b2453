//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Judges implementations of TUF-MOTD against the specification.
///
/// Exit status: 0 all is well; 1 something is not; 2 the command line, a file or the adapter cannot be used.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// The project's folder, which holds `spec` and the packages; for `generate`, `trace`, `explain` and `mutants`.
    #[arg(long, default_value = ".", global = true, value_name = "DIR")]
    pub workspace: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: SuiteCommand,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum SuiteCommand {
    /// Runs the suite against an adapter, and reports.
    Run(JudgeRunArguments),
    /// Tries every installer with every publisher and every server.
    Matrix(MatrixArguments),
    /// Tells a beginner what is wrong with their adapter.
    CheckAdapter(AdapterArguments),
    /// Lists the cases, or those that words fit.
    List(CaseListArguments),
    /// Says everything about a requirement or a case.
    Explain(ExplainArguments),
    /// Tries a case of a report again and shows where the answers differ; exit status 1 when they do.
    Replay(ReplayArguments),
    /// Writes a report in all its forms, with the matrices if they are given; exit status 1 when something in it is not well.
    Report(ReportArguments),
    /// Writes the vectors that are in this program, with what is needed to use them, as a folder or as one archive.
    Vectors(VectorsArguments),
    /// Writes the files that are generated from the specification, the core types and the generators of cases.
    Generate(GenerateArguments),
    /// Shows where the code carries each requirement out; exit status 1 when a requirement, a place in the code, a case or
    /// a profile does not name what it has to.
    Trace(TraceArguments),
    /// Switches the checks of the reference implementation off, one at a time, and sees whether a case notices; exit status 1
    /// when none does, or when a requirement that can be tested has no mutant.
    Mutants(MutantsArguments),
}

/// `generate`.
#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// Compares instead of writing; exit status 1 when a file is stale.
    #[arg(long, conflicts_with = "freeze")]
    pub check: bool,
    /// Also freezes the cases as they are now into profiles/1.0.toml. It is a decision, not a repair.
    #[arg(long)]
    pub freeze: bool,
}

/// `trace`.
#[derive(Debug, Args)]
pub struct TraceArguments {
    /// A report.json of a whole run: every case that is declared has to be in it. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,
}

/// The adapter.
#[derive(Debug, Args)]
pub struct AdapterArguments {
    /// Added to every limit of time, for slow machines.
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    pub grace: u64,
    /// Starts a process for each request.
    #[arg(long)]
    pub one_process_per_request: bool,
    /// The program to start, with its arguments.
    #[arg(last = true, required = true, value_name = "ADAPTER")]
    pub adapter: Vec<String>,
}

/// `run`.
#[derive(Debug, Args)]
pub struct JudgeRunArguments {
    /// How the adapter is started.
    #[command(flatten)]
    pub adapter: AdapterArguments,
    /// Only these cases: ids, beginnings that end in `*`, or requirement ids. Bases come along. May be given several times.
    #[arg(long, value_name = "CASE")]
    pub only: Vec<String>,
    /// How many at a time; as many as there are processors by default.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Decides ids and order; another one in each run by default.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// A TOML file of `[[expected-failure]]` with `case` (an id, or a beginning that ends in `*`) and `reason`. What passes
    /// although it is listed fails the run.
    #[arg(long, value_name = "FILE")]
    pub expected: Option<PathBuf>,
    /// Writes report.json, junit.xml, report.html, report.md and badge.json into this folder, and while it runs a line for
    /// each case into journal.jsonl.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Keeps the transcripts of passes too.
    #[arg(long)]
    pub transcripts: bool,
    /// Vectors from this folder and not from this program.
    #[arg(long, value_name = "DIR")]
    pub vectors: Option<PathBuf>,
    /// Prints report.json to standard output, and nothing else there.
    #[arg(long)]
    pub json: bool,
}

/// `matrix`.
#[derive(Debug, Args)]
pub struct MatrixArguments {
    /// A TOML file of `[[adapter]]` with `command`, a list of words.
    pub adapters: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// `list`.
#[derive(Debug, Args)]
pub struct CaseListArguments {
    /// Ids, beginnings that end in `*`, or requirement ids; all by default.
    pub cases: Vec<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// `MOTD-AREA-number`, or the id of a case.
    pub what: String,
}

/// `report`.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// A report.json of a run.
    pub report: PathBuf,
    /// Takes in what `matrix --json` printed.
    #[arg(long, value_name = "FILE")]
    pub matrix: Option<PathBuf>,
    /// Takes in what `mutants --json` printed.
    #[arg(long, value_name = "FILE")]
    pub mutants: Option<PathBuf>,
    /// Writes report.json, junit.xml, report.html, report.md and badge.json into this folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// `replay`.
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// A report.json that has the transcript of the case: of what is no pass, or of a run with `--transcripts`.
    pub report: PathBuf,
    /// The id of the case.
    pub case: String,
    /// Prints the recorded requests, one a line, and starts nothing: for an adapter in a debugger.
    #[arg(long, conflicts_with_all = ["json", "adapter"])]
    pub requests: bool,
    /// Prints requests and answers, then and now, as JSON.
    #[arg(long)]
    pub json: bool,
    /// Added to every limit of time, for slow machines.
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    pub grace: u64,
    /// The program to start, with its arguments; that of the report by default.
    #[arg(last = true, value_name = "ADAPTER")]
    pub adapter: Vec<String>,
}

/// `vectors`.
#[derive(Debug, Args)]
pub struct VectorsArguments {
    /// A folder that is not there yet, or a file whose name ends in `.tar.gz`.
    pub out: PathBuf,
}

/// `mutants`.
#[derive(Debug, Args)]
pub struct MutantsArguments {
    /// Only mutants of this requirement. May be given several times.
    #[arg(long, value_name = "REQUIREMENT")]
    pub only: Vec<String>,
    /// How many at a time; twice as many as there are processors by default.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Vectors from this folder and not from this program.
    #[arg(long, value_name = "DIR")]
    pub vectors: Option<PathBuf>,
    /// Prints the kill matrix as JSON.
    #[arg(long)]
    pub json: bool,
}
